from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from inspections.inspection.services.planning import plan_inspection
from inspections.models import Photo
from inspections.photo.tasks import process_waiting_photos
from tests.caller import Caller, fields
from tests.factories import NOON
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


def send(user, inspection, content=None, headers=None, **sent):
    photo = SimpleUploadedFile("a.jpg", encoded(scene(1)).getvalue() if content is None else content)
    address = f"/api/v1/inspections/{inspection.uid}/photos/"
    return Caller(user).post(address, {"photo": photo, **sent}, format="multipart", headers=headers)


def test_a_photo_is_sent_processed_and_fetched(inspection, inspector):
    response = send(inspector, inspection, characteristic="LID", unit_number=7)
    assert (response.status_code, response.json()["state"], response.json()["large"]) == (201, "waiting", None)

    process_waiting_photos()

    _status, listed = Caller(inspector).send("GET", f"inspections/{inspection.uid}/photos/")
    [photo] = listed["results"]
    assert (photo["characteristic"], photo["unit_number"], photo["state"], photo["refusal"]) == ("LID", 7, "ready", "")
    copy = Caller(inspector).get(photo["small"], headers={"Accept": "*/*"})
    assert (copy.status_code, copy["Content-Type"], copy["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, max-age=3600",
    )
    assert Image.open(BytesIO(b"".join(copy.streaming_content))).size == (320, 240)


def test_a_program_that_asks_for_json_gets_the_picture_too(inspection, inspector):
    send(inspector, inspection)
    process_waiting_photos()
    photo = Photo.objects.get()

    copy = Caller(inspector).get(f"/api/v1/photos/{photo.uid}/large/")
    nothing = Caller(inspector).get(f"/api/v1/photos/{photo.uid}/upload/")

    assert (copy["Content-Type"], nothing.status_code) == ("image/jpeg", 404)
    b"".join(copy.streaming_content)


def test_what_a_smaller_copy_has_lost_travels_beside_it(inspection, inspector):
    digest = "ab" * 32
    response = send(inspector, inspection, taken_at="2026-11-20T09:02:03+08:00", original_sha256=digest)
    assert response.status_code == 201

    process_waiting_photos()

    photo = Photo.objects.get()
    assert (photo.original_sha256, photo.taken_at.isoformat()) == (digest, "2026-11-20T01:02:03+00:00")
    assert photo.sha256 != digest
    assert fields(send(inspector, inspection, original_sha256="AB").json()) == [("original_sha256", "invalid")]


def test_the_same_key_adds_one_photo(inspection, inspector):
    first, again = (send(inspector, inspection, headers={"Idempotency-Key": "photo-1"}) for _ in range(2))
    other = send(inspector, inspection, encoded(scene(2)).getvalue(), headers={"Idempotency-Key": "photo-1"})

    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sent", "named"),
    [
        (b"", {}, [("photo", "empty")]),
        (b"<svg></svg>" * 9, {}, [("photo", "unknown_content")]),
        (b"\xff\xd8\xff" + bytes(40 * 2**20), {}, [("photo", "too_large")]),
        (None, {"unit_number": 81}, [("unit_number", "unknown_unit")]),
        (None, {"unit_number": "three"}, [("unit_number", "invalid")]),
        (None, {"characteristic": "NONE"}, [("characteristic", "unknown_characteristic")]),
        (None, {"colour": "red"}, [("colour", "unknown_field")]),
        (None, {"photo": "text"}, [("photo", "invalid")]),
    ],
    ids=["empty", "svg", "40 MB", "unit", "no number", "characteristic", "field", "no file"],
)
def test_what_cannot_be_taken_is_refused_by_field(inspection, inspector, content, sent, named):
    response = send(inspector, inspection, content, **sent)

    assert (response.status_code, fields(response.json())) == (400, named)
    assert not Photo.objects.exists()


def test_who_may_see_and_who_may_add(inspection, inspector, manager, supplier_user, rival_supplier):
    send(inspector, inspection)
    process_waiting_photos()
    address = f"/api/v1/photos/{Photo.objects.get().uid}/large/"

    seen, added = {}, {}
    for name, user in {"manager": manager, "supplier": supplier_user, "rival": rival_supplier}.items():
        response = Caller(user).get(address)
        b"".join(response)
        listed = Caller(user).get(f"/api/v1/inspections/{inspection.uid}/photos/")
        seen[name] = (response.status_code, listed.status_code)
        added[name] = send(user, inspection, unit_number=2).status_code

    assert seen == {"manager": (200, 200), "supplier": (200, 200), "rival": (404, 404)}
    assert added == {"manager": 201, "supplier": 403, "rival": 404}
