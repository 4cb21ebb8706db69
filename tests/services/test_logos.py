"""The company's logo: on drafts the newest one, on what is issued the one of its day, and for whom it is shown."""

import io
from datetime import UTC, datetime

from PIL import Image

from crm_app.core import clock
from crm_app.services import files, papers, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.paper import read
from tests.support.trade import line


def picture(colour):
    target = io.BytesIO()
    Image.new("RGB", (120, 40), colour).save(target, "PNG")
    return target.getvalue()


def hang(program, content, name="logo.png"):
    told = program.post(f"/api/v1/settings/1/attachments?name={name}", content=content)
    assert told.status_code == 201
    return told.json()["id"], told.json()["sha256"]


def images(program, kind, key):
    (page,) = read(program.get(f"/api/v1/{kind}/{key}/files/pdf").content).pages
    return [image.image.convert("RGB").getpixel((5, 5)) for image in page.images]


def test_a_paper_has_the_logo_of_the_day_it_was_issued_and_the_picture_stays_for_it(trading, monkeypatch):
    program, account = crm.client(trading), trade.customer()
    before = trade.invoice(account, line(1, 10))
    red, hash_of_red = hang(program, picture("red"))
    draft, issued = trade.document("invoices", account, line(1, 10)), trade.invoice(account, line(1, 10))
    hang(program, picture("blue"))
    hang(program, b"%PDF-1.7 no picture", "terms.pdf")
    assert images(program, "invoices", before) == []
    assert images(program, "invoices", draft) == [(0, 0, 255)]
    assert program.delete(f"/api/v1/attachments/{red}").status_code == 204
    later = datetime.now(UTC).timestamp() + 30 * 86_400
    with clock.frozen(datetime.fromtimestamp(later, UTC)), Work(SYSTEM) as work:
        assert files.path_of(hash_of_red) not in files.orphans(work)
    assert images(program, "invoices", issued) == [(255, 0, 0)]


def test_the_page_on_the_screen_points_at_the_logo_which_whoever_is_signed_in_may_see(trading):
    program, account = crm.client(trading), trade.customer()
    _, sha256 = hang(program, picture("green"))
    draft = trade.document("quotes", account, line(1, 10))
    with Work(SYSTEM) as work:
        found = papers.sketch(work, records.resource_of("quotes"), draft)
    ((*_, address),) = [mark for mark in papers.pages_of(found)[0][0] if mark[0] == "image"]
    assert address == f"/api/v1/logos/{sha256}"
    seller = crm.client(kernel.user_with({"quotes.read": "own"}).user)
    told = seller.get(address)
    assert (told.status_code, told.content) == (200, picture("green"))
    assert told.headers["content-type"] == "image/png"
    assert crm.client().get(address).status_code == 401
    hidden = program.post(f"/api/v1/accounts/{account}/attachments?name=x.png", content=picture("black")).json()
    for name in (hidden["sha256"], "0" * 64, "..%2F..%2Fsecret.key", "%00", "A" * 300):
        assert seller.get(f"/api/v1/logos/{name}").status_code == 404


def test_a_picture_of_many_bytes_is_a_file_and_no_logo(trading):
    program, account = crm.client(trading), trade.customer()
    hang(program, picture("white"))
    hang(program, picture("black") + b"\0" * 5_000_000)
    assert images(program, "quotes", trade.document("quotes", account, line(1, 10))) == [(255, 255, 255)]
