"""Files of records: kept once, reached only through their record, never run."""

import hashlib
import io
import resource
from datetime import timedelta

import pytest
from PIL import Image

from crm_app.core import clock
from crm_app.core.errors import TooLarge, Unavailable
from crm_app.services import checks, files
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm

PDF = b"%PDF-1.7 words"


@pytest.fixture
def account(api):
    return api.post("/api/v1/accounts", json={"name": "Acme"}).json()["id"]


def attach(api, account, content=PDF, name="offer.pdf"):
    return api.post(f"/api/v1/accounts/{account}/attachments", files={"file": (name, content)})


def incoming():
    from crm_app.core.settings import settings

    return list((settings().files_dir / "incoming").glob("*"))


def test_a_file_comes_back_byte_for_byte_as_a_download(api, account):
    made = attach(api, account).json()
    assert (made["name"], made["size"], made["media_type"]) == ("offer.pdf", len(PDF), "application/pdf")
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()
    answer = api.get(made["content"])
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert api.get(made["content"], headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_only_images_and_pdf_are_shown_inside_the_browser(api, account):
    shown = attach(api, account).json()
    page = attach(api, account, b"<script>alert(1)</script>", "page.png").json()
    assert api.get(f"{shown['content']}?inline=1").headers["content-type"] == "application/pdf"
    answer = api.get(f"{page['content']}?inline=1")
    assert (answer.headers["content-type"], answer.headers["content-disposition"][:10]) == (
        "application/octet-stream",
        "attachment",
    )


def test_bare_bytes_are_taken_with_the_name_in_the_address(api, account):
    answer = api.post(f"/api/v1/accounts/{account}/attachments?name=ñandú.txt", content=b"hello")
    assert (answer.status_code, answer.json()["name"]) == (201, "ñandú.txt")
    assert "filename*=UTF-8''%C3%B1and%C3%BA.txt" in api.get(answer.json()["content"]).headers["content-disposition"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("c:\\x\\y.txt", "y.txt"), ("\u202egpj.exe", "gpj.exe"), ("a\r\nX: y", "aX: y"), ("", "file"), ("...", "file"),
     ("x" * 300 + ".pdf", "x" * 196 + ".pdf"), (None, "file"), ("👩‍👧.png", "👩👧.png")],
)  # fmt: skip
def test_a_name_is_kept_without_what_could_fool_anybody(given, kept):
    assert files.clean_name(given) == kept
    assert "\n" not in files.disposition(kept, inline=False)


def test_the_same_bytes_are_kept_once(api, account):
    attach(api, account)
    attach(api, account, name="again.pdf")
    assert len(list(files.stored())) == 1
    listed = api.get(f"/api/v1/accounts/{account}/attachments").json()
    assert (listed["total"], api.get(f"/api/v1/attachments/{listed['items'][1]['id']}").json()) == (
        2,
        listed["items"][1],
    )


def test_a_file_over_the_limit_is_refused_and_nothing_of_it_stays(api, account, monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 1_000_000)
    huge = b"x" * 3_000_000
    address = f"/api/v1/accounts/{account}/attachments"
    assert attach(api, account, huge).status_code == 413
    assert api.post(address, content=huge).status_code == 413
    assert api.post(address, content=iter([huge[:500_000]] * 6)).status_code == 413
    assert api.get(address).json()["items"] == []
    assert (list(files.stored()), incoming()) == ([], [])


def test_an_upload_that_is_left_keeps_nothing(admin):
    with pytest.raises(TooLarge), files.Upload(limit=10) as target:
        target.write(b"x" * 11)
    assert (list(files.stored()), incoming()) == ([], [])


@pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="the size of a program's files can be limited on Linux only"
)
@pytest.mark.parametrize("size", [3_000, 300_000])  # one that is written when the file is closed, one that is at once
def test_a_disk_that_is_full_is_told_and_nothing_of_the_file_stays(admin, size):
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, usual[1]))
    try:
        with pytest.raises(Unavailable) as refused, files.Upload() as target:
            target.write(b"x" * size)
            target.keep()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert "disk" in refused.value.message.text
    assert (list(files.stored()), incoming()) == ([], [])


@pytest.mark.parametrize("body", [b"", b"--x\r\nbroken", b"--x--\r\n"])
def test_a_form_without_a_file_is_refused(api, account, body):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = api.post(f"/api/v1/accounts/{account}/attachments", content=body, headers=headers)
    assert answer.status_code in (400, 422)


def test_who_may_not_read_the_record_may_not_read_its_files(api, account):
    made = attach(api, account).json()
    seller = crm.client(crm.member("sol@acme.example", "Sales"))
    assert seller.get(made["content"]).status_code == 404
    assert attach(seller, account).status_code == 404
    assert seller.get(f"/api/v1/attachments/{made['id']}").status_code == 404
    assert seller.delete(f"/api/v1/attachments/{made['id']}").status_code == 404
    reader = crm.client(crm.member("rita@acme.example", "Read-only"))
    assert reader.get(made["content"]).status_code == 200
    assert attach(reader, account).status_code == 403
    assert reader.delete(f"/api/v1/attachments/{made['id']}").status_code == 403
    assert crm.client().get(made["content"]).status_code == 401


def test_bytes_go_only_when_nothing_has_referred_to_them_for_days(api, account):
    from datetime import timedelta

    first, second = attach(api, account).json(), attach(api, account).json()
    assert api.delete(f"/api/v1/attachments/{first['id']}").status_code == 204
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert files.drop_orphans() == 0
    assert api.delete(f"/api/v1/attachments/{second['id']}").status_code == 204
    assert files.drop_orphans() == 0
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert files.drop_orphans() == 1
    assert list(files.stored()) == []


def test_a_file_that_was_lost_is_found_by_the_check_and_is_a_404(api, account):
    made = attach(api, account).json()
    files.path_of(made["sha256"]).unlink()
    assert api.get(made["content"]).status_code == 404
    with Work(SYSTEM) as work:
        assert files.missing(work) == [made["sha256"]]
    assert [finding.name for finding in checks.integrity() if not finding.well] == ["files there"]


def test_a_resource_without_documents_has_none(api, account):
    assert api.get(f"/api/v1/accounts/{account}/files").json() == {"items": []}
    assert api.get("/api/v1/accounts/99/files").status_code == 404


def picture(size, kind="JPEG", **kept):
    target = io.BytesIO()
    Image.new("RGB", size, "#4c47bf").save(target, kind, **kept)
    return target.getvalue()


def test_a_small_picture_is_drawn_once_upright_and_without_where_it_was_taken(api, account):
    taken = Image.Exif()
    taken[0x0112] = 6  # the camera was turned
    taken.get_ifd(0x8825)[2] = (40.0, 25.0, 0.0)
    content = picture((1200, 600), exif=taken)
    made = attach(api, account, content, "photo.jpg").json()
    answer = api.get(f"{made['content']}?size=128")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    with Image.open(io.BytesIO(answer.content)) as small:
        assert (small.size, dict(small.getexif())) == ((64, 128), {})
    assert len(answer.content) < 2_000
    assert api.get(f"{made['content']}?size=128", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    kept = files.small_of(made["sha256"]) / "128"
    kept.write_bytes(b"kept")
    assert api.get(f"{made['content']}?size=128").content == b"kept"
    assert api.get(made["content"]).content == content


@pytest.mark.parametrize(
    "content",
    [
        picture((9_000, 4_500)),
        picture((2_000, 1_000), progressive=True),
        picture((2_000, 1_000), "PNG"),
        picture((2_000, 1_000), "GIF"),
        picture((2_000, 1_000), "WEBP"),
    ],
)
def test_a_small_picture_is_drawn_of_every_kind_and_of_what_a_camera_takes(api, account, content):
    made = attach(api, account, content, "photo").json()
    answer = api.get(f"{made['content']}?size=64")
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.content)) as small:
        assert small.size == (64, 32)
        assert all(abs(one - of) < 8 for one, of in zip(small.getpixel((32, 16)), (0x4C, 0x47, 0xBF), strict=True))


def test_a_small_picture_is_for_whoever_may_read_the_record(api, account):
    made = attach(api, account, picture((10, 10), "PNG"), "photo.png").json()
    api.delete(f"/api/v1/accounts/{account}", headers={"If-Match": "*"})
    assert api.get(f"{made['content']}?size=64").status_code == 404


@pytest.mark.parametrize(
    ("content", "side"),
    [
        (PDF, "64"),
        (b"\xff\xd8\xff no picture", "64"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\2\0\0\0", "64"),
        (picture((6_000, 5_000), "PNG"), "64"),
        (picture((4_000, 4_000), "WEBP", lossless=True), "64"),
        (picture((6_000, 5_000), progressive=True), "64"),
        (picture((6_000, 5_000)).replace(b"\xff\xda\x00\x0c\x03", b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"), "64"),
        (picture((10, 10)), "65"),
        (picture((10, 10)), ""),
    ],
)
def test_no_small_picture_of_what_is_none_or_would_fill_the_memory(api, account, content, side):
    made = attach(api, account, content, "photo.png").json()
    answer = api.get(f"{made['content']}?size={side}")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["size"])
    assert not files.small_of(made["sha256"]).exists()


def test_small_pictures_go_with_the_large_one(api, account):
    made = attach(api, account, picture((10, 10)), "photo.jpg").json()
    api.get(f"{made['content']}?size=64")
    small = files.small_of(made["sha256"])
    assert small.exists()
    assert [path.name for path in files.stored()] == [made["sha256"]]
    api.delete(f"/api/v1/attachments/{made['id']}")
    with clock.frozen(clock.now() + timedelta(days=8)):
        files.drop_orphans()
    assert not small.exists()
