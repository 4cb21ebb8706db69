"""A request that comes twice is done once."""

import pytest

from crm_app.core import clock
from crm_app.core.errors import Invalid, NotAllowed
from crm_app.services import actions
from crm_app.services.actors import SYSTEM
from tests.support import kernel


def create(who=SYSTEM, once="key", name="Acme", **values):
    return actions.run(who, "accounts", "create", None, {"name": name, **values}, once=once)


def test_the_same_key_gets_the_first_answer(admin):
    first = create()
    assert [create(), create()] == [first, first]
    assert kernel.names() == ["Acme"]
    assert create(once="other").id != first.id


def test_a_key_used_for_something_else_is_refused(admin):
    key = create().id
    for act in (
        lambda: create(name="Other"),
        lambda: create(city="León"),
        lambda: actions.run(SYSTEM, "accounts", "change", key, {"name": "Acme"}, once="key"),
        lambda: actions.run(SYSTEM, "sectors", "create", None, {"name": "Acme"}, once="key"),
    ):
        with pytest.raises(Invalid) as caught:
            act()
        assert list(caught.value.fields) == ["Idempotency-Key"]
    with pytest.raises(Invalid):
        create(once="k" * 201)
    assert kernel.names() == ["Acme"]


def test_a_key_belongs_to_its_user(admin):
    one, two = (kernel.user_with({"accounts.create": "all", "accounts.read": "all"}) for _ in range(2))
    assert len({create(one).id, create(two).id, create().id}) == 3


def test_a_refused_request_leaves_its_key_free(admin):
    with pytest.raises(Invalid):
        create(name="")
    with pytest.raises(NotAllowed):
        create(kernel.user_with({}))
    assert create(name="Acme").version == 1
    assert kernel.names() == ["Acme"]


def test_eight_at_once_with_one_key_make_one_record(admin):
    found = kernel.at_once(*[create] * 8)
    assert len({outcome.id for outcome in found}) == 1
    assert (kernel.names(), len(kernel.history())) == (["Acme"], 1)


def test_a_key_keeps_odd_characters_and_is_forgotten_after_a_week(admin):
    odd = "clé \x00 \ud800 😀'"
    first = create(once=odd)
    assert create(once=odd) == first
    actions.forget_receipts(SYSTEM, days=7)
    assert create(once=odd) == first
    with clock.frozen(clock.ago(days=-8)):
        actions.forget_receipts(SYSTEM, days=7)
    assert create(once=odd).id != first.id


def test_the_roles_screen_knows_every_verb():
    known = {f"{resource.name}.{verb}" for resource, verbs in actions.permissions() for verb in verbs}
    assert {"accounts.read", "accounts.create", "accounts.change", "accounts.remove", "settings.change"} <= known
    assert not {"settings.create", "settings.remove"} & known
