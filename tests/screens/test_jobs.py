"""Jobs on their page: one's own, how they stand, what came of them, and the way back."""

from playwright.sync_api import expect

from .conftest import es, ready


def begun(served):
    """A change of so many accounts that it is a job; the word in their names, and the job."""
    with served.http() as program:
        items = [{"name": f"Tarea larga {number:03}", "city": "Soria"} for number in range(201)]
        assert program.post("/api/v1/bulk/accounts", json={"items": items}).status_code == 201
        body = {"filter": {"q": "Tarea larga"}, "values": {"city": "Lugo"}}
        answer = program.post("/api/v1/bulk/accounts/change", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()["job"]


def test_a_job_is_followed_to_its_end_and_taken_back(tabs, served):
    job = begun(served)
    page = tabs(address="/settings")
    ready(page)
    page.get_by_role("link", name=es("Jobs")).click()
    row = page.locator(f"tr[data-row='{job}']")
    expect(row).to_contain_text(es("Finished"))
    expect(row).to_contain_text("201")
    expect(row).to_contain_text("Ada Admin")
    expect(row.get_by_role("button", name=es("Cancel"))).to_have_count(0)
    row.get_by_role("button", name=es("Undo")).click()
    expect(page.get_by_text(es("Undone.")).last).to_be_visible()
    expect(row.get_by_role("button", name=es("Undo"))).to_have_count(0)
    with served.http() as program:
        assert program.get("/api/v1/accounts?q=Tarea larga&filter[city]=Soria").json()["total"] == 201
    page.get_by_role("tab", name=es("Failed jobs")).click()
    expect(page).to_have_url(f"{served.url}/jobs?state=failed")
    expect(page.get_by_role("heading", name=es("No jobs here"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("tab", name=es("Failed jobs"))).to_have_attribute("aria-selected", "true")


def test_others_jobs_are_nobodys_to_see(tabs, served):
    begun(served)
    page = tabs("reader", address="/jobs")
    expect(page.get_by_role("heading", name=es("No jobs here"))).to_be_visible()
