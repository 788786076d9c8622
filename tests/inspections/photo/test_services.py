import threading
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.timezone import now
from PIL import ExifTags, Image

from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from inspections.inspection.services.planning import plan_inspection
from inspections.models import Photo
from inspections.photo.page import reused_photos
from inspections.photo.services import CLAIM_FOR, add_photo, process_next_photo
from inspections.photo.tasks import process_waiting_photos
from tests.factories import NOON, after, inspect, make_batch
from tests.pictures import bomb, encoded, scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.name for path in Path(tmp_path).rglob("*") if path.is_file())


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


def upload(content: bytes | None = None, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(scene(1)).getvalue() if content is None else content)


def cut_off() -> SimpleUploadedFile:
    whole = encoded(scene(1, (1600, 1200))).getvalue()
    return upload(whole[: len(whole) // 2])


def post(client, inspection, file=None, **fields):
    """As the entry page's script sends it."""
    data = ({"photo": file} if file else {}) | fields
    return client.post(reverse("photo-create", args=[inspection.uid]), data, headers={"Accept": "application/json"})


def test_a_photo_waits_is_processed_and_its_upload_deleted(inspection, inspector, files, event_kinds):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:22 11:58:30"
    content = encoded(scene(1, (2000, 1500)), exif=exif).getvalue()

    photo = add_photo(
        inspection=inspection, file=upload(content), characteristic="LID", unit_number=7, actor=inspector, at=after(1)
    )
    assert (photo.status, photo.large.name, len(files())) == ("waiting", "", 1)
    process_waiting_photos()

    photo.refresh_from_db()
    assert (photo.status, photo.characteristic.code, photo.unit_number) == ("ready", "LID", 7)
    with photo.small.open() as small:
        assert (photo.width, photo.height, Image.open(small).size) == (1600, 1200, (320, 240))
    assert photo.taken_at == after(-1) - timedelta(seconds=30)  # a camera without an offset is in our time zone
    assert (photo.upload.name, files()) == ("", [f"{photo.uid}-large.jpg", f"{photo.uid}-small.jpg"])
    assert event_kinds(inspection.batch.stream)[-1] == "photo.added"
    assert Event.objects.get(kind="photo.added").data["sha256"] == photo.sha256


def test_the_same_file_sent_again_is_the_same_photo(inspection, inspector):
    first, again = (add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON) for _ in range(2))
    other = add_photo(inspection=inspection, file=upload(), unit_number=2, actor=inspector, at=NOON)

    assert again == first != other
    assert Event.objects.filter(kind="photo.added").count() == 2
    with pytest.raises(IntegrityError, match="photo_is_once_per_check_and_unit"), transaction.atomic():
        Photo.objects.filter(pk=other.pk).update(unit_number=None)


def test_a_photo_is_kept_when_the_inspection_and_its_hold_have_ended(batch, inspector):
    held = inspect(batch, actor=inspector, LEAK=[3])
    add_photo(inspection=held, file=upload(), actor=inspector, at=after(1))

    inspect(batch, actor=inspector, at=after(60))
    late = add_photo(inspection=held, file=upload(), unit_number=3, actor=inspector, at=after(61))

    assert (Photo.objects.count(), late.inspection, late.finding) == (2, held, None)


def test_who_does_not_inspect_adds_no_photos(inspection, supplier_user):
    with pytest.raises(NotAllowed):
        add_photo(inspection=inspection, file=upload(), actor=supplier_user, at=NOON)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_content"),
        (b"%PDF-1.7 ...", "unknown_content"),
        (b"GIF89a" + bytes(50), "unknown_content"),
        (b"\xff\xd8\xff" + bytes(50), "unreadable"),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "unreadable"),
        (b"\xff\xd8\xff" + bytes(40 * 2**20), "too_large"),
        (bomb(30_000, 30_000), "too_many_pixels"),
    ],
    ids=["empty", "svg", "pdf", "gif", "no jpeg", "video", "40 MB", "bomb"],
)
def test_what_is_no_photo_is_refused_at_once_and_nothing_is_stored(inspection, inspector, files, content, code):
    with pytest.raises(InvalidInput) as refusal:
        add_photo(inspection=inspection, file=upload(content), actor=inspector, at=NOON)

    assert [(error.field, error.code) for error in refusal.value.errors] == [("photo", code)]
    assert (Photo.objects.count(), files()) == (0, [])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"characteristic": "NONE"}, [("characteristic", "unknown_characteristic")]),
        ({"characteristic": "LID", "unit_number": "0"}, [("unit_number", "unknown_unit")]),
        ({"characteristic": "LID", "unit_number": "81"}, [("unit_number", "unknown_unit")]),
        ({"unit_number": "three"}, [("unit_number", "invalid")]),
    ],
)
def test_a_place_that_is_not_there_is_named(client, inspection, inspector, fields, named):
    client.force_login(inspector)

    response = post(client, inspection, upload(), **fields)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == named
    assert not Photo.objects.exists()


def test_a_picture_that_was_cut_off_is_refused_later_and_the_page_hears_why(client, inspection, inspector, files):
    client.force_login(inspector)
    assert post(client, inspection, cut_off()).json()["status"] == "waiting"

    process_waiting_photos()

    [photo] = client.get(reverse("photo-create", args=[inspection.uid])).json()["results"]
    assert (photo["status"], photo["url"]) == ("refused", None)
    assert photo["refusal"] == "The picture is damaged or was cut off on its way. Take it again."
    assert files() == []
    assert Event.objects.get(kind="photo.refused").data["refusal"] == "damaged"


def test_a_script_gets_json_and_a_plain_form_goes_back(client, inspection, inspector):
    client.force_login(inspector)

    answer = post(client, inspection, upload(), characteristic="LEAK", unit_number="3")
    plain = client.post(reverse("photo-create", args=[inspection.uid]), {"photo": upload(b"no picture")})

    assert answer.status_code == 201
    assert answer.json() | {"id": "", "sha256": "", "uploaded_at": ""} == {
        "id": "", "characteristic": "LEAK", "unit_number": 3, "status": "waiting", "refusal": None,
        "url": None, "thumbnail": None, "sha256": "", "uploaded_at": "", "taken_at": None,
    }  # fmt: skip
    assert (plain.status_code, plain.url) == (302, f"/inspections/{inspection.uid}/record/")
    assert post(client, inspection).json()["errors"][0]["code"] == "required"


@pytest.mark.parametrize("size", ["large", "small"])
def test_files_are_private(client, inspection, inspector, supplier_user, rival_supplier, size):
    photo = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    url = reverse("photo-file", args=[photo.uid, size])
    answers = {}
    for state in ("waiting", "ready"):
        for name, user in {"inspector": inspector, "supplier": supplier_user, "rival": rival_supplier}.items():
            client.force_login(user)
            response = client.get(url)
            answers[state, name] = response.status_code
            b"".join(response)  # or the file stays open
        client.logout()
        answers[state, "nobody"] = client.get(url).status_code
        process_waiting_photos()

    assert answers == {
        ("waiting", "inspector"): 404, ("waiting", "supplier"): 404, ("waiting", "rival"): 404, ("waiting", "nobody"): 302,
        ("ready", "inspector"): 200, ("ready", "supplier"): 200, ("ready", "rival"): 404, ("ready", "nobody"): 302,
    }  # fmt: skip


def test_a_file_is_served_as_what_it_is_and_kept_by_nobody_between(client, inspection, inspector):
    photo = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    process_waiting_photos()
    client.force_login(inspector)

    response = client.get(reverse("photo-file", args=[photo.uid, "small"]))

    content = b"".join(response.streaming_content)
    assert Image.open(BytesIO(content)).size == (320, 240)
    assert {name: response[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "image/jpeg",
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }
    assert client.get(reverse("photo-file", args=[photo.uid, "upload"])).status_code == 404


def test_others_photos_are_not_there(client, inspection, rival_supplier, supplier_user):
    url = reverse("photo-create", args=[inspection.uid])

    client.force_login(rival_supplier)
    assert (client.get(url).status_code, client.post(url, {"photo": upload()}).status_code) == (404, 404)
    client.force_login(supplier_user)
    assert (client.get(url).status_code, client.post(url, {"photo": upload()}).status_code) == (200, 403)


# Used twice


@pytest.fixture
def other_inspection(product, inspector):
    return plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)


@pytest.mark.parametrize(
    ("again", "same_file"),
    [
        (lambda: upload(), True),
        (lambda: upload(encoded(scene(1).resize((500, 375)), "WEBP", quality=50).getvalue()), False),
    ],
    ids=["same file", "saved again"],
)
def test_managers_hear_of_a_picture_that_was_used_in_another_inspection(
    inspection, other_inspection, inspector, manager, supplier_user, again, same_file
):
    first = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    second = add_photo(inspection=other_inspection, file=again(), actor=inspector, at=after(1))
    process_waiting_photos()

    assert [(photo, photo.earlier_use) for photo in reused_photos(manager)] == [(second, first)]
    assert list(reused_photos(inspector)) == list(reused_photos(supplier_user)) == []
    event = Event.objects.get(kind="photo.reused")
    assert (event.stream, event.data) == (
        f"inspection:{other_inspection.uid}",
        {"photo": str(second.uid), "earlier": str(first.uid), "same_file": same_file},
    )


def test_the_pages_warn_managers_of_it_and_nobody_else(
    client, inspection, other_inspection, inspector, manager, supplier_user
):
    """Whatever has become of the batch: it is the accepted one that a borrowed picture helps."""
    for each in (inspection, other_inspection):
        add_photo(inspection=each, file=upload(), actor=inspector, at=now())
    process_waiting_photos()

    warned = {}
    for user in (manager, inspector, supplier_user):
        client.force_login(user)
        pages = reverse("home"), reverse("inspection-detail", args=[other_inspection.uid])
        warned[user.username] = ["shows the same picture as" in client.get(page).content.decode() for page in pages]
    assert warned == {"manager": [True, True], "inspector": [False, False], "supplier": [False, False]}


def test_two_photos_of_one_inspection_and_other_pictures_raise_no_doubt(
    inspection, other_inspection, inspector, manager
):
    wall = encoded(Image.new("RGB", (640, 480), "grey"))
    for place, content in [
        ({"inspection": inspection}, encoded(scene(1))),
        ({"inspection": inspection, "unit_number": 2}, encoded(scene(1))),
        ({"inspection": other_inspection}, encoded(scene(2))),
        ({"inspection": inspection}, wall),
        ({"inspection": other_inspection}, encoded(Image.new("RGB", (640, 480), "navy"))),
    ]:
        add_photo(file=upload(content.getvalue()), actor=inspector, at=NOON, **place)
    process_waiting_photos()

    assert Photo.objects.filter(status="ready").count() == 5
    assert list(reused_photos(manager)) == []


# Workers that die, and workers that meet


def test_a_crash_in_the_middle_leaves_it_to_whoever_comes_later(inspection, inspector, monkeypatch):
    photo = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    with monkeypatch.context() as patch, suppress(SystemExit):
        patch.setattr("inspections.photo.services.process", lambda file: (_ for _ in ()).throw(SystemExit))
        process_next_photo(now=NOON)

    assert process_next_photo(now=after(1)) is False
    assert process_next_photo(now=NOON + CLAIM_FOR) is True

    photo.refresh_from_db()
    assert (photo.status, photo.attempts) == ("ready", 2)


def test_a_picture_that_killed_two_workers_is_refused(inspection, inspector, monkeypatch, files):
    photo = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    monkeypatch.setattr("inspections.photo.services.process", lambda file: (_ for _ in ()).throw(SystemExit))
    for number in range(2):
        with pytest.raises(SystemExit):
            process_next_photo(now=NOON + number * CLAIM_FOR)

    assert process_next_photo(now=NOON + 2 * CLAIM_FOR) is True

    photo.refresh_from_db()
    assert (photo.status, photo.refusal) == ("refused", "gave_up")
    process_waiting_photos()
    assert len(files()) == 1  # kept for whoever looks into it


def test_a_storage_that_does_not_answer_costs_no_photo(inspection, inspector, settings, tmp_path):
    photo = add_photo(inspection=inspection, file=upload(), actor=inspector, at=NOON)
    for number in range(4):
        settings.MEDIA_ROOT = tmp_path / "unmounted"
        assert process_next_photo(now=NOON + number * CLAIM_FOR) is True

    settings.MEDIA_ROOT = tmp_path
    process_next_photo(now=NOON + 4 * CLAIM_FOR)

    photo.refresh_from_db()
    assert photo.status == "ready"


@pytest.mark.django_db(transaction=True)
def test_workers_that_meet_process_each_photo_once(inspection, inspector, files):
    for unit in range(1, 9):
        add_photo(inspection=inspection, file=upload(), unit_number=unit, actor=inspector, at=NOON)
    worked = []

    def work():
        try:
            while process_next_photo(now=after(1)):
                worked.append(1)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (len(worked), Photo.objects.filter(status="ready", attempts=1).count()) == (8, 8)
    assert len([name for name in files() if name.endswith("-large.jpg")]) == 8


@pytest.mark.django_db(transaction=True)
def test_of_two_photos_processed_at_once_one_sees_the_other(inspection, other_inspection, inspector, manager):
    for place in (inspection, other_inspection):
        add_photo(inspection=place, file=upload(), actor=inspector, at=NOON)

    def work():
        process_next_photo(now=after(1))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Photo.objects.filter(status="ready").count() == 2
    assert reused_photos(manager).count() == 1
