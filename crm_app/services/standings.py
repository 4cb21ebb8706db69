"""How a document stands: its state and what follows from its dates and lines, each as a word and a colour; and the next step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_app.core.fields import Choice
from crm_app.core.i18n import feminine
from crm_app.core.resource import Resource


@dataclass(frozen=True)
class Standing:
    """A word (an English key) and its colour: draft, open, wait (partly), done, late."""

    text: str
    look: str


_LOOKS = {
    "draft": "draft", "sent": "open", "confirmed": "open", "issued": "open", "posted": "done", "accepted": "done",
    "signed": "done", "closed": "done", "held": "late", "declined": "late", "reversed": "late", "cancelled": "draft",
}  # fmt: skip
_PARTS = {
    "ordered": ("Partly ordered", "Ordered"),
    "delivered": ("Partly delivered", "Delivered"),
    "invoiced": ("Partly invoiced", "Invoiced"),
    "returned": ("Partly returned", "Returned"),
    "credited": ("Partly credited", "Credited"),
}
_BACK = ("returned", "credited")  # what takes a document back instead of carrying it on
Values = Mapping[str, Any]


def needs(resource: Resource) -> tuple[str, ...]:
    """The fields that `of` reads of a record of that Resource."""
    if resource.workflow is None:
        return ()
    wanted = (
        resource.workflow.state,
        "number",
        *_PARTS,
        "valid_until",
        "superseded",
        "kind",
        "balance",
        "paid",
        "next_due",
        "amount",
        "unallocated",
    )
    return tuple(name for name in wanted if name in resource.fields)


def look_of(state: str) -> str:
    """The colour of a stored state."""
    return _LOOKS.get(state, "open")


def of(resource: Resource, values: Values, today: date) -> list[Standing]:
    """The state first, then what is computed beside it. `values` are the fields of a record of that Resource."""
    if resource.workflow is None:
        return []
    state = str(values[resource.workflow.state])
    kind = resource.fields[resource.workflow.state].kind
    first = Standing(kind.label(state) if isinstance(kind, Choice) else state, look_of(state))
    return [first, *_carried(resource, values), *_now(state, values, today)]


def title(resource: Resource, values: Values) -> str:
    """What the record is called (an English key): by its kind, where that is not the usual one."""
    kind = resource.fields["kind"].kind if "kind" in resource.fields else None
    if not isinstance(kind, Choice) or values["kind"] == kind.pairs()[0][0]:
        return resource.one
    return kind.label(values["kind"])


def brief(resource: Resource, values: Values, today: date) -> list[Standing]:
    """For a list, which tells in columns how far a record has been carried on: what its dates and money say, else its state."""
    if resource.workflow is None:
        return []
    state = str(values[resource.workflow.state])
    now = _now(state, values, today)
    if not now and any(values.get(name) == "all" for name in _BACK):
        return _carried(resource, values)[-1:]
    return now or of(resource, values, today)[:1]


def _carried(resource: Resource, values: Values) -> list[Standing]:
    """How far it has been carried on. Of what has come back altogether nothing is left that could have been invoiced."""
    word = feminine if resource.feminine else str
    found = {name: how for name in _PARTS if (how := values.get(name)) in ("all", "partly")}
    if found.get("returned") == "all":
        found.pop("invoiced", None)
    return [
        Standing(word(_PARTS[name][1]), "draft" if name in _BACK else "done")
        if how == "all"
        else Standing(word(_PARTS[name][0]), "wait")
        for name, how in found.items()
    ]


def _now(state: str, values: Values, today: date) -> list[Standing]:
    """What its dates and its money say; and of a draft that has a number, that it was reopened."""
    if state == "draft" and values.get("number"):
        return [Standing("Being changed", "wait")]
    return [*_dated(state, values, today), *_paid(state, values, today), *_allocated(state, values)]


def _dated(state: str, values: Values, today: date) -> list[Standing]:
    if values.get("superseded"):
        return [Standing(feminine("Superseded"), "draft")]
    return [Standing("Expired", "late")] if state == "sent" and _expired(values, today) else []


def _expired(values: Values, today: date) -> bool:
    until = values.get("valid_until")
    return until is not None and until < today


def _paid(state: str, values: Values, today: date) -> list[Standing]:
    """Of an issued invoice: paid, partly paid, overdue. One that was credited altogether was settled by that."""
    if state != "issued" or "balance" not in values:
        return []
    if values["balance"] <= 0:
        return [] if values["credited"] == "all" else [Standing("Paid", "done")]
    found = [Standing("Partly paid", "wait")] if values["paid"] > 0 else []
    due = values["next_due"]
    late = due is not None and due < today and values.get("kind") != "credit_note"
    return [*found, Standing("Overdue", "late")] if late else found


def _allocated(state: str, values: Values) -> list[Standing]:
    """Of a posted payment: how far it settles something."""
    if state != "posted" or "unallocated" not in values:
        return []
    if values["unallocated"] <= 0:
        return [Standing("Allocated", "done")]
    if values["unallocated"] < values["amount"]:
        return [Standing("Partly allocated", "wait")]
    return [Standing("Not allocated", "open")]


def next_step(resource: Resource, values: Values, today: date) -> str:
    """The verb that comes next, "" where nothing is left to do."""
    state = str(values[resource.workflow.state]) if resource.workflow else ""
    find = _NEXT.get(resource.name)
    return find(state, values, today) if find else ""


def _quote(state: str, values: Values, today: date) -> str:
    """What has expired is offered anew; who accepts it late may."""
    if values["superseded"]:
        return ""
    if state == "sent" and _expired(values, today):
        return "revise"
    if state == "accepted":
        return "invoice" if values["invoiced"] != "all" else ""
    return {"draft": "send", "sent": "accept", "declined": "revise"}.get(state, "")


def _order(state: str, values: Values, _today: date) -> str:
    if state == "confirmed":
        left = [verb for verb, part in (("deliver", "delivered"), ("invoice", "invoiced")) if values[part] != "all"]
        return left[0] if left else "close"
    return {"draft": "confirm", "held": "release"}.get(state, "")


def _delivery(state: str, values: Values, _today: date) -> str:
    if state in ("issued", "signed") and values["kind"] != "return" and values["invoiced"] != "all":
        return "invoice"
    return {"draft": "issue", "issued": "sign"}.get(state, "")


def _invoice(state: str, values: Values, _today: date) -> str:
    if state == "issued":
        return "pay" if values["balance"] > 0 else ""
    return {"draft": "issue"}.get(state, "")


def _payment(state: str, values: Values, _today: date) -> str:
    if state == "posted":
        return "allocate" if values["unallocated"] > 0 else ""
    return {"draft": "post"}.get(state, "")


_NEXT: Mapping[str, Callable[[str, Values, date], str]] = {
    "quotes": _quote,
    "orders": _order,
    "deliveries": _delivery,
    "invoices": _invoice,
    "payments": _payment,
}


def pointless(resource: Resource, values: Values) -> frozenset[str]:
    """Verbs that the state allows and that would do nothing or be refused: they are not offered."""
    find = _POINTLESS.get(resource.name)
    return frozenset(verb for verb, empty in find(values).items() if empty) if find else frozenset()


_POINTLESS: Mapping[str, Callable[[Values], Mapping[str, bool]]] = {
    "quotes": lambda values: {
        "order": values["ordered"] == "all" or values["superseded"],
        "invoice": values["invoiced"] == "all" or values["superseded"],
        **dict.fromkeys(("accept", "decline", "cancel", "revise"), values["superseded"]),
    },
    "orders": lambda values: {"deliver": values["delivered"] == "all", "invoice": values["invoiced"] == "all"},
    "deliveries": lambda values: {
        "invoice": values["kind"] == "return" or values["invoiced"] == "all",
        "return": values["kind"] == "return" or values["returned"] == "all",
    },
    "invoices": lambda values: {
        "pay": values["balance"] <= 0,
        "credit": values["kind"] == "credit_note" or values["credited"] == "all",
        "apply": values["kind"] != "credit_note" or values["balance"] <= 0,
        "unapply": values["kind"] != "credit_note" or values["paid"] <= 0,
        "send": values["sent_on"] is not None,
    },
    "payments": lambda values: {
        "allocate": values["unallocated"] <= 0,
        "unallocate": values["unallocated"] >= values["amount"],
        "refund": values["unallocated"] <= 0 or values["direction"] == "paid",
    },
}
