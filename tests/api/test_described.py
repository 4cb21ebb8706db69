"""What is answered is what the description says: no field more, none of another type."""

import pytest

JSON = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object", type(None): "null"}


def faults(found, shape, value, place):
    """Where a value is not as that shape says."""
    while "$ref" in shape:
        shape = found["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    kinds = shape.get("type", JSON[type(value)])
    if JSON[type(value)] not in (kinds if isinstance(kinds, list) else [kinds]):
        yield f"{place} is {JSON[type(value)]}"
    elif isinstance(value, dict):
        inside = properties(found, shape)
        for name, part in value.items() if inside else ():
            if name not in inside:
                yield f"{place}.{name} is not described"
            else:
                yield from faults(found, inside[name], part, f"{place}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from faults(found, shape.get("items", {}), part, f"{place}[]")


def properties(found, shape):
    while "$ref" in shape:
        shape = found["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    parts = [properties(found, one) for one in shape.get("allOf", [])]
    return {name: part for one in (shape.get("properties", {}), *parts) for name, part in one.items()}


@pytest.mark.parametrize("admin", ["sqlite"], indirect=True)
def test_every_answer_is_as_it_is_described(api):
    account = api.post(
        "/api/v1/accounts", json={"name": "Uno", "roles": ["customer"], "phones": [{"number": "+34 600 000 000"}]}
    )
    key = account.json()["id"]
    api.patch(f"/api/v1/accounts/{key}", json={"city": "Soria"})
    api.post("/api/v1/contacts", json={"name": "Ana"})
    api.post(f"/api/v1/accounts/{key}/notes", json={"text": "Lunes"})
    api.post(f"/api/v1/accounts/{key}/attachments?name=a.txt", content=b"a")
    api.post("/api/v1/views", json={"resource": "accounts", "name": "Todas"})
    api.post("/api/v1/products", json={"name": "Silla", "price": "10"})
    sold = api.post("/api/v1/invoices", json={"account": key, "lines": [{"product": 1, "quantity": "2"}]})
    assert sold.status_code == 201, sold.text
    assert api.post("/api/v1/invoices/1/issue").status_code == 200
    found, asked, wrong = api.get("/api/v1/openapi.json").json(), 0, []
    for path, methods in found["paths"].items():
        shape = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if shape is None:
            continue
        answer = api.get(f"/api/v1{path.replace('{resource}', 'accounts').replace('{id}', '1')}")
        if answer.status_code == 200:
            asked += 1
            wrong += faults(found, shape["schema"], answer.json(), path)
        else:
            assert answer.status_code == 404, (path, answer.text)
    assert wrong == []
    assert asked > 100
