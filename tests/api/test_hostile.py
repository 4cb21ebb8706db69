"""Whatever a stranger sends, the answer is a sentence and never a 500; what is stored comes back as it was sent."""

import itertools
import json

import pytest

TEXTS = (
    "'; DROP TABLE account; --", "<script>alert(1)</script>", "=HYPERLINK(\"http://x\")", "{0.__class__}", "%s %n %(name)s", "${7*7}{{7*7}}",
    "👩‍👩‍👧‍👦🇪🇸", "\u202eevil\u202c", "שלום עולם", "𝕏" * 50, "a" * 160, "../../etc/passwd", "\\", "\"", "null", "ﬁ", "e\u0301", " \u00a0x ",
)  # fmt: skip
REFUSED = ("a\x00b", "\x1b[31m", "\ud800", "a" * 161, "a" * 1_000, "", "   ", "a\nb")
ODD = (
    None,
    True,
    1,
    -1,
    0,
    1.5,
    10**30,
    [],
    {},
    [1],
    {"a": 1},
    "",
    "x",
    "\x00",
    "\ud800",
    "9" * 30,
    ["customer", 1],
    [[]],
    "1e999",
    "NaN",
    "½",
    "٣",
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_as_it_was_sent_and_is_found(api, text):
    import unicodedata

    answer = api.post("/api/v1/accounts", json={"name": text, "notes": text})
    assert answer.status_code == 201
    wanted = unicodedata.normalize("NFC", text).strip()
    assert (answer.json()["name"], answer.json()["notes"]) == (wanted, wanted)
    for part in ("q", "filter[name]", "filter[name][contains]", "filter[name][starts]", "filter[notes][contains]"):
        found = api.get("/api/v1/accounts", params={part: text})
        assert found.status_code == 200, part
        if part != "q" and wanted == text:
            assert found.json()["total"] == 1, part


@pytest.mark.parametrize("text", REFUSED)
def test_text_that_cannot_be_kept_is_refused_at_its_field(api, text):
    answer = api.post("/api/v1/accounts", content=json.dumps({"name": text}))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["name"])


def test_no_value_of_any_kind_breaks_a_field_of_any_kind(api):
    for resource, name in one_of_each(lambda spec: type(spec.kind)).values():
        for value in ODD:
            for door in DOORS:
                unbroken(api, door, resource, name, value)


def test_no_field_of_any_resource_breaks_at_odd_values(api):
    """What a field of its kind bears is asked above; here each field takes its turn with a few, one at each door."""
    from crm_app.core.resource import RESOURCES

    values = itertools.cycle(ODD)
    for resource in RESOURCES:
        for name in (*resource.fields, "id", "version", "search", "password", "\ud800"):
            for door, value in zip(DOORS, values, strict=False):
                unbroken(api, door, resource.name, name, value)


def one_of_each(what):
    """What of a field's declaration → (resource, field), one for each."""
    from crm_app.core.resource import RESOURCES

    found = {}
    for resource in RESOURCES:
        if resource.api:
            for spec in resource.fields.values():
                found.setdefault(what(spec), (resource.name, spec.name))
    assert len(found) > 10
    return found


DOORS = (("POST", "{}"), ("PATCH", "{}/1"), ("POST", "bulk/{}"))


def unbroken(api, door, resource, name, value):
    method, path = door
    body = json.dumps({"name": "x", name: value})
    answer = api.request(method, f"/api/v1/{path.format(resource)}", content=f"[{body}]" if "bulk" in path else body)
    assert answer.status_code < 500, (method, path, resource, name, value, answer.text)


def test_no_question_breaks_a_list(api):
    from crm_app.core.query import OPERATORS

    values = ("", "x", "\x00", "9" * 25, "1,2", "%", "2026-11-23", "true", "١", "x," * 600)
    turns = itertools.cycle(values)
    asked = set()
    for kind, (resource, name) in one_of_each(lambda spec: spec.kind).items():
        for operator in OPERATORS:
            # every value for one field of each class of kinds; its other widths and choices take turns
            for value in (next(turns),) if (type(kind), operator) in asked else values:
                answer = api.get(f"/api/v1/{resource}", params={f"filter[{name}][{operator}]": value})
                assert answer.status_code in (200, 422), (resource, name, operator, value)
            asked.add((type(kind), operator))
    for part in ("q", "sort", "page", "size", "fields"):
        for value in values:
            assert api.get("/api/v1/accounts", params={part: value}).status_code in (200, 422), (part, value)


def test_every_list_and_file_of_it_can_be_asked_for_words_or_says_that_it_cannot(api):
    from crm_app.core.resource import RESOURCES

    for resource in RESOURCES:
        for address in (resource.name, f"{resource.name}/export.csv", f"{resource.name}/sums"):
            answer = api.get(f"/api/v1/{address}", params={"q": "abc"})
            assert answer.status_code in (200, 404, 422), (address, answer.text)
            if answer.status_code == 422:
                assert (resource.name, list(answer.json()["fields"])) == ("settings", ["q"])


@pytest.mark.parametrize(
    "key", ["0", "-1", "x", "1'--", "%00", "1%00", "9" * 30, "١", "1.0", "null", "%F0%9F%98%80", "%ff"]
)
def test_no_address_breaks_a_record(api, key):
    for address in (
        f"accounts/{key}",
        f"changes/{key}",
        f"jobs/{key}",
        f"attachments/{key}/content",
        f"accounts/{key}/changes",
        f"{key}/1",
    ):
        assert api.get(f"/api/v1/{address}").status_code == 404, address
    assert api.patch(f"/api/v1/accounts/{key}", json={"name": "x"}).status_code == 404
    assert api.delete(f"/api/v1/accounts/{key}").status_code == 404
    assert api.post(f"/api/v1/changes/{key}/undo").status_code == 404
    assert api.delete(f"/api/v1/tokens/{key}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"\xff\xfe", b'{"name": NaN}', b'{"name": Infinity}', b'{"name": "a", "name": "b"}', b'{"name": ' + b"9" * 5_000 + b"}",
        b'{"name": 1e99999999999999999999}', b"[" * 100_000, b'{"a":' * 30 + b"1" + b"}" * 30, b"\x00", b'{"name": "\x01"}', b"nul",
    ],
)  # fmt: skip
def test_what_is_no_honest_json_is_a_400(api, body):
    answer = api.post("/api/v1/accounts", content=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/docs#malformed")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"name": "a",\n "city" "b"}', "The body is not valid JSON. See line 2, column 9."),
        (b'{"name": "a"', "The body is not valid JSON. See line 1, column 13."),
        (b'{"name": "\xff"}', "The body is not valid JSON. It is not UTF-8 from byte 11 on."),
        (b'{"name": NaN}', "The body is not valid JSON. It has no NaN."),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "The body is not valid JSON. In one object \u201cb\u201d stands twice."),
        (b"9" * 41, "A number of the body has more than 40 digits."),
        (b"[" * 30 + b"]" * 30, "The body has more than 20 levels."),
    ],
)
def test_what_is_wrong_with_the_json_is_told_with_its_place(api, body, detail):
    answer = api.post("/api/v1/accounts", content=body, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"true"])
def test_json_that_is_no_object_is_refused(api, body):
    assert api.post("/api/v1/accounts", content=body).status_code == 422


def test_a_body_over_the_limit_is_refused_whether_announced_or_not(api):
    huge = b'{"name": "' + b"a" * 10_000_000 + b'"}'
    assert api.post("/api/v1/accounts", content=huge).status_code == 413
    assert api.post("/api/v1/accounts", content=iter([huge])).status_code == 413
    assert api.post("/api/v1/bulk/accounts", content=huge).status_code == 413
    assert api.post("/api/v1/accounts", content=b"{}", headers={"Content-Length": "9" * 30}).status_code in (400, 413)


@pytest.mark.parametrize("tag", ["1", '"x"', '"-1"', '"999999999999999999999"', "W/", '"1", "2"'])
def test_an_if_match_that_is_no_etag_of_ours_changes_nothing(api, tag):
    api.post("/api/v1/accounts", json={"name": "Acme"})
    assert api.patch("/api/v1/accounts/1", json={"name": "x"}, headers={"If-Match": tag}).status_code in (412, 422)
    assert api.get("/api/v1/accounts/1").json()["name"] == "Acme"


@pytest.mark.parametrize("key", ["x" * 201, "é", "'; --"])
def test_no_idempotency_key_breaks_anything(api, key):
    headers = {"Idempotency-Key": key.encode("latin-1")}
    assert api.post("/api/v1/accounts", json={"name": "x"}, headers=headers).status_code in (201, 422)
