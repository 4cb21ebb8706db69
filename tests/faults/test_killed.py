"""kill -9 while people save: what was acknowledged is there, and nothing is there by half."""

import threading

import httpx
import pytest

from crm_app.services.database import engine_for
from tests.support.served import until
from tests.support.socket import Tab, handler

PATH = "/api/v1/accounts"


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, serve):
    if request.param == "sqlite":
        return serve()
    return serve(CRM_DATABASE_URL=request.getfixturevalue("postgresql"))


def test_every_acknowledged_save_survives(served):
    made: dict[int, dict] = {}
    stop = threading.Event()

    def save(person: int) -> None:
        with served.http() as browser:
            for number in range(10_000):
                if stop.is_set():
                    return
                try:
                    answer = browser.post(PATH, json={"name": f"Cliente {person}-{number}", "notes": "n" * 2000})
                    if answer.status_code != 201:
                        continue
                    key = answer.json()["id"]
                    made[key] = answer.json()
                    answer = browser.patch(f"{PATH}/{key}", json={"city": f"Lugar {number}"})
                    if answer.status_code == 200:
                        made[key] = answer.json()
                except httpx.TransportError:
                    return

    threads = [threading.Thread(target=save, args=(person,)) for person in range(4)]
    for thread in threads:
        thread.start()
    assert until(lambda: len(made) > 40)
    served.kill()
    stop.set()
    for thread in threads:
        thread.join()
    served.start()
    assert served.check() == ""
    with served.http() as browser:
        page, found = 1, {}
        while items := browser.get(PATH, params={"size": 500, "page": page}).json()["items"]:
            found |= {item["id"]: item for item in items}
            page += 1
        for key, acknowledged in made.items():
            kept = found[key]
            assert kept["name"] == acknowledged["name"]
            assert kept["version"] >= acknowledged["version"]
            assert acknowledged["city"] is None or kept["city"] == acknowledged["city"]
        for key in (*list(made)[:20], *sorted(found)[-8:]):  # the last ones are those that were under way
            story = browser.get(f"{PATH}/{key}/changes").json()["items"]
            assert len(story) == found[key]["version"], "row and history tell the same story"
            assert story[-1]["kind"] == "create"
        new = browser.post(PATH, json={"name": "Después"})
        assert new.status_code == 201


def test_a_save_over_the_websocket_survives(serve):
    served = serve()
    name = handler("accounts.account_record.save")
    with Tab(served.url, served.people["cookies"]["admin"]) as tab:
        tab.load("/accounts/2")
        tab.expect('"version_rx_state_": 1')
        for version in range(1, 12):
            tab.send(name, {"form": {"city": f"Lugar {version}"}, "record": 2, "version": version}, "/accounts/2")
            tab.expect(f'"version_rx_state_": {version + 1}')
        tab.send(
            name,
            {"form": {"city": "Lugar último", "phone": "+34 600 000 000"}, "record": 2, "version": 12},
            "/accounts/2",
        )
        served.kill()
    served.start()
    assert served.check() == ""
    with served.http() as browser:
        kept = browser.get(f"{PATH}/2").json()
        whole = (kept["city"], kept["phone"], kept["version"])
        assert whole in (("Lugar 11", None, 12), ("Lugar último", "+34 600 000 000", 13)) or whole[0::2] == (
            "Lugar último",
            13,
        )
        assert len(browser.get(f"{PATH}/2/changes").json()["items"]) == kept["version"]


def a_minute_passes(served):
    """On PostgreSQL another server might still be at a job that nobody lets go, for as long as it is held."""
    address = served.environment.get("CRM_DATABASE_URL", "")
    if not address:
        return
    with engine_for(address).execution_options(writes=True).begin() as connection:
        held = connection.exec_driver_sql(
            "UPDATE job SET held_until = held_until - interval '1 minute' WHERE state = 'running'"
        )
        assert held.rowcount == 1


def test_a_bulk_change_that_was_killed_goes_on_as_soon_as_the_server_is_back(served):
    with served.http() as browser:
        for start in (0, 5000):
            rows = [{"name": f"Masa {number:05}"} for number in range(start, start + 5000)]
            assert browser.post("/api/v1/bulk/accounts", json=rows).status_code == 201
        asked = {"filter": {"filter[name][starts]": "Masa"}, "values": {"city": "Ávila"}}
        job = browser.post("/api/v1/bulk/accounts/change", json=asked).json()["job"]
        assert until(lambda: browser.get(f"/api/v1/jobs/{job}").json()["done"] > 0)
    served.kill()
    a_minute_passes(served)
    served.start()
    with served.http() as browser:
        assert until(lambda: browser.get(f"/api/v1/jobs/{job}").json()["state"] == "done")
        found = browser.get(f"/api/v1/jobs/{job}").json()
        assert (found["result"]["count"], found["result"]["refused"]) == (10_000, 0)
        changed = {"filter[name][starts]": "Masa", "filter[city]": "Ávila", "size": 500}
        page = browser.get(PATH, params=changed).json()
        assert page["total"] == 10_000
        assert {item["version"] for item in page["items"]} == {2}, "none is changed twice"
        assert browser.post(f"/api/v1/changes/{found['result']['change_set']}/undo").status_code == 200
        assert browser.get(PATH, params=changed).json()["total"] == 0
    assert served.check() == ""
