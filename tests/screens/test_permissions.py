"""What a role may do, given and taken on its page."""

from playwright.sync_api import expect

from .conftest import es, ready


def test_history_and_jobs_stand_in_the_matrix_and_are_given_there(tabs, post, served):
    role = post("roles", name="Gestoría externa")["id"]
    page = tabs(address=f"/roles/{role}")
    ready(page)
    undo = page.get_by_label(f"{es('History')}: {es('Undo')}")
    undo.select_option("own")
    page.get_by_label(f"{es('Jobs')}: {es('See')}").select_option("all")
    expect(page.get_by_text(es("Saved.")).last).to_be_visible()
    expect(undo).to_have_value("own")
    with served.http() as program:
        found = program.get(f"/api/v1/roles/{role}/permissions").json()
    assert found == {"id": role, "version": 3, "permissions": {"changes.undo": "own", "jobs.read": "all"}}
