"""A contact to take along."""

from tests.support import crm


def test_a_contact_is_saved_as_a_vcard(api):
    account = api.post("/api/v1/accounts", json={"name": "Acme"}).json()["id"]
    old = api.post("/api/v1/accounts", json={"name": "Old"}).json()["id"]
    values = {
        "name": "José Núñez", "mobile": "+34 600 1 2 3", "country": "ES", "phones": [{"number": "600 9", "purpose": "home"}],
        "accounts": [{"account": account, "title": "Buyer"}, {"account": old, "until": "2001-01-01"}],
    }  # fmt: skip
    key = api.post("/api/v1/contacts", json=values).json()["id"]
    found = api.get(f"/api/v1/contacts/{key}/vcard")
    assert found.headers["content-type"] == "text/vcard; charset=utf-8"
    assert "filename*=UTF-8''Jos%C3%A9%20N%C3%BA%C3%B1ez.vcf" in found.headers["content-disposition"]
    lines = found.text.split("\r\n")
    assert {
        "FN:José Núñez",
        "TEL;TYPE=cell;PREF=1:+34 600 1 2 3",
        "TEL;TYPE=home:600 9",
        "ORG:Acme",
        "TITLE:Buyer",
        "ADR:;;;;;;Spain",
    } <= set(lines)
    assert "Old" not in found.text
    assert crm.client(crm.member("v@acme.example", "Sales")).get(f"/api/v1/contacts/{key}/vcard").status_code == 404
