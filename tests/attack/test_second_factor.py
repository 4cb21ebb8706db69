"""My account as a page uses it: what is shown once stays until it is kept, and weighty things want the password."""

import json
import re

import pyotp

from tests.support import seed
from tests.support.socket import Tab, handler

PAGE = "/settings/me"


def act(tab, name, form=None):
    tab.send(handler(f"settings.my_account.{name}"), {"form": form} if form is not None else {}, PAGE)


def test_a_secret_outlives_a_reload_and_is_switched_on_with_the_password_only(company):
    with Tab(company.url, company.cookies["seller"]) as tab:
        tab.load(PAGE)
        tab.expect("seller@mistral.example")
        act(tab, "begin_codes")
        tab.expect("data:image/svg")
        secret = re.findall(r'"secret_rx_state_": "([A-Z2-7]{32})"', tab.text)[-1]
        told = len(tab.heard)
        act(tab, "load")
        tab.load(PAGE)
        tab.settle()
        assert set(re.findall(r'"secret_rx_state_": "(\w*)"', "\n".join(tab.heard[told:]))) <= {secret}
        for password in ("clave equivocada", ""):
            act(tab, "confirm_codes", {"code": pyotp.TOTP(secret).now(), "codes_password": password})
            tab.expect("codes_password")
        tab.settle()
        assert all(row["totp"] is None for row in company.dump()["user"])
        act(tab, "confirm_codes", {"code": pyotp.TOTP(secret).now(), "codes_password": seed.PASSWORD})
        tab.expect('"codes_on_rx_state_": true')
        kept = json.loads(re.findall(r'"recovery_rx_state_": (\[[^\]]+\])', tab.text)[-1])
        assert len(kept) == 10
        told = len(tab.heard)
        act(tab, "load")
        tab.settle()
        assert '"recovery_rx_state_": []' not in "\n".join(tab.heard[told:])
        act(tab, "recovery_kept")
        tab.expect('"recovery_rx_state_": []')
    with company.http() as browser:
        who = {"email": "seller@mistral.example", "password": seed.PASSWORD}
        assert browser.post("/auth/sign-in", json=who).json() == {"step": "code"}
        assert browser.post("/auth/sign-in", json=who | {"code": kept[0]}).json() == {}
        assert browser.post("/auth/sign-in", json=who | {"code": kept[0]}).status_code == 422
        assert browser.post("/auth/codes-off", json={"password": "clave equivocada"}).status_code == 422
        assert browser.post("/auth/codes-off", json={"password": seed.PASSWORD}).status_code == 200
    assert company.dump()["recovery_code"] == []


def test_a_link_asks_for_the_code_over_http_and_sets_no_cookie_without(spoiled):
    with Tab(spoiled.url, spoiled.cookies["leaver"]) as tab:
        tab.load(PAGE)
        tab.expect("leaver@mistral.example")
        act(tab, "begin_codes")
        tab.expect("data:image/svg")
        secret = re.findall(r'"secret_rx_state_": "([A-Z2-7]{32})"', tab.text)[-1]
        act(tab, "confirm_codes", {"code": pyotp.TOTP(secret).now(), "codes_password": seed.PASSWORD})
        tab.expect('"codes_on_rx_state_": true')
        recovery = json.loads(re.findall(r'"recovery_rx_state_": (\[[^\]]+\])', tab.text)[-1])
    address = f"/users/{spoiled.ids['leaver']}"
    with Tab(spoiled.url, spoiled.cookies["admin"]) as tab:
        tab.load(address)
        tab.expect("Leaver Persona")
        tab.send(handler("settings.user_record.make_link"), {"purpose": "reset", "origin": spoiled.url}, address)
        tab.expect("/welcome?key=")
        key = re.findall(r"/welcome\?key=([\w.-]+)", tab.text)[-1]
    asked = {"key": key, "password": "una frase nueva 8"}
    with spoiled.http() as browser:
        for form in (asked, asked | {"code": ""}, asked | {"code": ["x"]}):
            answer = browser.post("/auth/redeem", json=form)
            assert (answer.json(), "set-cookie" in answer.headers) == ({"step": "code"}, False)
        assert browser.post("/auth/redeem", json=asked | {"code": "000000"}).status_code == 422
        answer = browser.post("/auth/redeem", json=asked | {"code": recovery[0]})
        assert answer.status_code == 200
        marks = [one for one in answer.headers.get_list("set-cookie") if one.startswith("crm_device=")]
        assert all(word in marks[0] for word in ("HttpOnly", "SameSite=lax", "Path=/auth"))
        token = {"Authorization": f"Bearer {spoiled.tokens['leaver']}"}
        assert browser.get("/api/v1/accounts", headers=token).status_code == 401  # a reset ends them
