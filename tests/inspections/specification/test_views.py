"""The editor of a draft as a browser without scripts sends it, and what people see of a version."""

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.roles import Role
from inspections.inspection.services.planning import plan_inspection
from inspections.models import Specification
from inspections.specification.services.versions import draft_specification
from tests.factories import KETTLE, NOON, SCHEME, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_this_test_alone(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bare(supplier):
    """A product that nothing is specified of yet."""
    return make_product("HL-BARE", supplier=supplier)


def picture(kind="PNG", size=(40, 30)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


def upload(content: bytes, name="lid.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def row(index: int, **values) -> dict:
    """The fields of one row as a browser sends them."""
    fields = {
        "position": index,
        "picture_kept": "",
        "code": f"C{index}",
        "name": f"Check {index}",
        "name_zh": "",
        "nonconformity_class": "major",
        "aspect": "appearance",
        "kind": "attribute",
        "target": "",
        "lower": "",
        "upper": "",
        "unit": "",
        "method": "",
        "method_zh": "",
    } | values
    return {f"c-{index}-{name}": value for name, value in fields.items()}


def sent(*rows: dict, do="save", **values) -> dict:
    scheme = {
        "kind": "single",
        "standard": "iso2859-1",
        "level": "II",
        "aql_major": "2.5",
        "aql_minor": "4.0",
        "critical": "zero",
    }
    data = {"do": do, "opened_at": NOON.isoformat()} | scheme | values
    for fields in rows:
        data |= fields
    return data


def edit(client, product, *rows, **values):
    return client.post(reverse("specification-edit", args=[product.sku]), sent(*rows, **values))


def typed(response, name: str) -> str | None:
    """The value of an input of the page that came back."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())
    return (re.search(r'value="([^"]*)"', found[0]) or ["", None])[1] if found else None


def codes(response) -> list[str]:
    return re.findall(r'name="c-\d+-code" value="([^"]*)"', response.content.decode())


def draft_of(product) -> Specification:
    return product.specifications.get(status="draft")


def test_a_draft_is_saved_as_it_was_typed(client, manager, bare):
    client.force_login(manager)

    response = edit(
        client,
        bare,
        row(
            0, code="GAP", name="Gap", name_zh="间隙", kind="measured", upper="０．３", unit="mm", method="Feeler gauge"
        ),
        row(1, code="LID", nonconformity_class="critical"),
    )

    draft = draft_of(bare)
    assert response.url == reverse("specification-detail", args=[bare.sku, 1])
    assert [(c.code, c.name_zh, c.is_measured, c.upper, c.unit, c.nonconformity_class) for c in draft.characteristics.all()] == [
        ("GAP", "间隙", True, Decimal("0.3"), "mm", "major"),
        ("LID", "", False, None, "", "critical"),
    ]  # fmt: skip
    assert draft.scheme == {
        "kind": "single", "standard": "iso2859-1", "level": "II", "aql": {"major": "2.5", "minor": "4.0"},
    }  # fmt: skip


def test_a_characteristic_is_given_a_variables_plan_of_its_own(client, manager, bare):
    client.force_login(manager)
    measured = {"kind": "measured", "upper": "209", "unit": "°F"}
    own = {"variables_aql": "1.0", "variables_level": "II", "variables_form": "1"}

    edit(client, bare, row(0, **measured, **own), row(1, **measured), row(2, **own))

    assert [c.variables for c in draft_of(bare).characteristics.all()] == [
        {"aql": "1.0", "level": "II", "form": 1},
        None,
        None,
    ]
    page = client.get(reverse("specification-edit", args=[bare.sku]))
    assert [row["variables_aql"].value() for row in page.context["rows"]] == ["1.0", "", ""]
    page = client.get(reverse("specification-detail", args=[bare.sku, 1])).content.decode()
    assert "estimated from its readings: ANSI/ASQ Z1.9, level II, AQL 1.0, form k" in page
    assert "35 units: accept with the mean at least k = 1.89 standard deviations from the limit" in page


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"code": ""}, "Code", "This field is required"),
        ({"code": "A B"}, "Code", "letters, digits"),
        ({"name": ""}, "Name", "Give the characteristic a name"),
        ({"nonconformity_class": ""}, "Class", "This field is required"),
        ({"aspect": "smell"}, "Aspect", "Select a valid choice"),
        ({"kind": ""}, "Kind of check", "This field is required"),
        ({"kind": "measured"}, "Lower limit", "needs a lower or an upper limit"),
        ({"kind": "measured", "lower": "abc"}, "Lower limit", "abc is not a number"),
        ({"kind": "measured", "lower": "NaN"}, "Lower limit", "NaN is not a number"),
        ({"kind": "measured", "lower": "2", "upper": "1"}, "Lower limit", "above the upper limit"),
        ({"kind": "measured", "lower": "1", "upper": "2", "target": "3"}, "Target", "outside the limits"),
        (
            {"kind": "measured", "lower": "1", "upper": "2", "variables_aql": "1.0", "variables_form": "1"},
            "Judged by",
            "Form 1 judges one limit only",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(client, manager, bare, fields, field, message):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="OK", name="Fine"), row(1, **fields))

    page = response.content.decode()
    assert re.search(rf'<a href="#[^"]+">[^<]*, {field}</a>:\s+[^<]*{message}', page), page
    assert not bare.specifications.exists()
    assert [typed(response, f"c-1-{name}") or "" for name in ("code", "lower")] == [
        fields.get("code", "C1"),
        fields.get("lower", ""),
    ]


def test_all_that_is_wrong_is_said_at_once(client, manager, bare):
    client.force_login(manager)

    page = edit(
        client, bare, row(0, aspect=""), row(1, code="C0", kind="measured", upper="x"), kind="double", aql_minor=""
    ).content.decode()

    assert re.search(r"Aspect</a>:\s+This field is required", page)
    assert "The code C0 is used twice" in page
    assert "x is not a number" in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "double"}, "kept in the ANSI/ASQ Z1.4 form only"),
        ({"aql_major": "", "aql_minor": ""}, "Choose an AQL for major"),
        ({"kind": "c0"}, "This field is required"),
        ({"kind": "c0", "ltpd": "half"}, "half is not a number"),
        ({"kind": "percentage", "percent": "10", "min": "50", "max": "20"}, "above the largest"),
        ({"kind": "fixed", "n": "0"}, "greater than or equal to 1"),
        ({"kind": "fixed", "n": "50", "critical": "aql", "critical_aql": "0.10"}, "An AQL needs a table"),
        ({"critical": "fixed"}, "This field is required"),
        ({"kind": "c0", "ltpd": "200"}, "200 is not a number above 0 and at most 100 in Limiting quality, %."),
        (
            {"critical": "c0", "critical_ltpd": "200"},
            "200 is not a number above 0 and at most 100 in Limiting quality, % (critical).",
        ),
    ],
)
def test_a_scheme_without_a_plan_is_refused(client, manager, bare, values, message):
    client.force_login(manager)

    response = edit(client, bare, row(0), **values)

    assert message in response.content.decode()
    assert not bare.specifications.exists()


@pytest.mark.parametrize(
    ("values", "scheme"),
    [
        (
            {"kind": "multiple", "standard": "ansi-z1.4", "level": "S-2", "aql_minor": ""},
            {"kind": "multiple", "standard": "ansi-z1.4", "level": "S-2", "aql": {"major": "2.5"}},
        ),
        (
            {"critical": "aql", "critical_aql": "0.10"},
            {"kind": "single", "standard": "iso2859-1", "level": "II",
             "aql": {"major": "2.5", "minor": "4.0", "critical": "0.10"}},
        ),
        (
            {"kind": "lq", "lq_major": "5", "lq_minor": "12.5", "acceptance_minor": "1", "consumer_risk": "0.05"},
            {"kind": "lq", "lq": {"major": "5", "minor": "12.5"}, "acceptance": {"minor": 1}, "consumer_risk": "0.05"},
        ),
        (
            {"kind": "c0", "ltpd": "5", "consumer_risk": "0.05", "critical": "all"},
            {"kind": "c0", "ltpd": "5", "consumer_risk": "0.05", "acceptance": {}, "critical": {"kind": "all"}},
        ),
        (
            {"kind": "percentage", "percent": "10", "min": "20", "max": "200", "acceptance_major": "1"},
            {"kind": "percentage", "percent": "10", "min": 20, "max": 200, "acceptance": {"major": 1}},
        ),
        (
            {"kind": "fixed", "n": "５０", "critical": "fixed", "critical_n": "80", "first_batches_in_full": "3"},
            {"kind": "fixed", "n": 50, "acceptance": {}, "critical": {"kind": "fixed", "n": 80},
             "first_batches_in_full": 3},
        ),
        (
            {"kind": "all", "critical": "c0", "critical_ltpd": "1"},
            {"kind": "all", "acceptance": {}, "critical": {"kind": "c0", "ltpd": "1"}},
        ),
        (
            {"variables_aql": "1.0", "variables_level": "S-4", "variables_form": "1", "aql_minor": ""},
            {"kind": "single", "standard": "iso2859-1", "level": "II", "aql": {"major": "2.5"},
             "variables": {"aql": "1.0", "level": "S-4", "form": 1}},
        ),
    ],
)  # fmt: skip
def test_every_kind_of_scheme_is_stored_and_comes_back_into_the_form(client, manager, bare, values, scheme):
    client.force_login(manager)
    edit(client, bare, row(0), **values)
    assert draft_of(bare).scheme == scheme

    page = client.get(reverse("specification-edit", args=[bare.sku])).context["scheme"]

    shown = {name: str(page[name].value() or "") for name in values}
    assert shown == values | ({"n": "50"} if "n" in values else {})


def test_an_aql_of_major_above_minor_is_asked_about_and_taken_once_it_is_meant(client, manager, bare):
    client.force_login(manager)
    asked = edit(client, bare, row(0), aql_major="4.0", aql_minor="2.5")

    assert not bare.specifications.exists()
    assert "The AQL of major is above that of minor" in asked.content.decode()
    assert 'name="aql_order"' in asked.content.decode()

    edit(client, bare, row(0), aql_major="4.0", aql_minor="2.5", aql_order="on")

    assert draft_of(bare).scheme["aql"] == {"major": "4.0", "minor": "2.5"}


def test_what_the_form_does_not_show_of_a_scheme_is_kept(client, manager, bare):
    own = {"critical": {"kind": "percentage", "percent": "20"}, "counts": "units", "acceptance": {"major": 1}}
    scheme = SCHEME | own
    draft_specification(product=bare, characteristics=KETTLE, scheme=scheme, actor=manager, at=NOON)
    client.force_login(manager)

    edit(client, bare, row(0), critical="kept", level="I")

    assert draft_of(bare).scheme == scheme | {"level": "I"}


@pytest.mark.parametrize(
    "scheme",
    [
        {"kind": "single", "aql": {"major": "2.5"}},
        {"kind": "double", "aql": {"major": "2.5", "minor": "4.0"}},
        {"kind": "fixed", "n": "50", "acceptance": 1},
    ],
)
def test_a_scheme_that_was_not_changed_stays_as_it_is_written(client, manager, bare, scheme):
    """Severity is kept per scheme: another spelling of it would begin anew."""
    draft_specification(product=bare, characteristics=KETTLE[2:3], scheme=scheme, actor=manager, at=NOON)
    client.force_login(manager)
    before = draft_of(bare)
    form = client.get(reverse("specification-edit", args=[bare.sku])).context["scheme"]
    values = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}

    edit(client, bare, row(0, code="OTHER"), **values)

    after_editing = draft_of(bare)
    assert [c.code for c in after_editing.characteristics.all()] == ["OTHER"]
    assert (after_editing.scheme, after_editing.scheme_key) == (scheme, before.scheme_key)


def test_a_check_is_given_a_sampling_of_its_own(client, manager, bare):
    client.force_login(manager)

    saved = edit(
        client,
        bare,
        row(0, code="DROP", sampling_n="5"),
        row(1, code="BEND", kind="measured", upper="2", sampling_level="S-3"),
        row(2, code="PULL", sampling_level="S-2", sampling_aql="0"),
        row(3, code="LOOK"),
    )
    page = client.get(saved["Location"]).content.decode()
    refused = edit(client, bare, row(0, sampling_n="5", sampling_level="S-2"))

    stored = dict(Specification.objects.get().characteristics.values_list("code", "sampling"))
    assert stored == {"DROP": {"n": 5}, "BEND": {"level": "S-3"}, "PULL": {"level": "S-2", "aql": "0"}, "LOOK": None}
    assert "sampled by itself: 5 units, none of them nonconforming" in page
    assert "sampled by itself: special level S-3, with the AQL of its class" in page
    assert list(refused.context["rows"][0].errors) == ["sampling_level"]


def test_the_usual_samplings_are_shown_with_their_worth_and_filled_in(client, manager, bare):
    client.force_login(manager)

    response = edit(
        client,
        bare,
        row(0, code="LOOK"),
        row(1, code="DROP", aspect="transport"),
        row(2, code="BEND", aspect="dimension", kind="measured", upper="2"),
        row(3, code="SHOCK", aspect="function", nonconformity_class="critical"),
        row(4, code="PULL", aspect="function", sampling_n="8"),
        do="propose",
    )

    filled = {
        r["code"].value(): (r["sampling_level"].value(), r["sampling_n"].value()) for r in response.context["rows"]
    }
    assert filled == {
        "LOOK": (None, None),
        "DROP": ("S-2", ""),
        "BEND": ("S-3", ""),
        "SHOCK": (None, None),
        "PULL": (None, "8"),
    }
    assert [(told["text"], bool(told["worth"])) for told in response.context["usual"]] == [
        ("80 units: accept up to 5, reject from 6", True),
        ("5 units: accept up to 0, reject from 1", True),
        ("5 units: accept up to 0, reject from 1", True),
        ("20 units: accept up to 1, reject from 2", True),
    ]


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("add", ["A", "B", ""]),
        ("remove:0", ["B"]),
        ("up:1", ["B", "A"]),
        ("down:0", ["B", "A"]),
        ("up:0", ["A", "B"]),
        ("down:1", ["A", "B"]),
        ("remove:9", ["A", "B"]),
        ("nonsense", ["A", "B"]),
    ],
)
def test_rows_are_added_removed_and_moved_without_a_script(client, manager, bare, do, order):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A"), row(1, code="B", name="", kind="measured", upper="x"), do=do)

    shown = [form["code"].value() or "" for form in response.context["rows"]]
    assert shown == order
    assert "Nothing was saved yet" not in response.content.decode()
    assert not bare.specifications.exists()


def test_what_was_typed_survives_a_button(client, manager, bare):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A", kind="measured", upper="not a number"), do="add", aql_major="6.5")

    first = response.context["rows"][0]
    assert first["upper"].value() == "not a number"
    assert first["kind"].value() == "measured"
    assert response.context["scheme"]["aql_major"].value() == "6.5"


def test_the_order_is_that_of_the_positions(client, manager, bare):
    client.force_login(manager)

    edit(client, bare, row(0, code="LAST", position=9), row(7, code="FIRST", position=1))

    assert [c.code for c in draft_of(bare).characteristics.all()] == ["FIRST", "LAST"]


def test_the_plan_of_the_scheme_being_written_is_shown(client, manager, bare):
    client.force_login(manager)

    page = edit(client, bare, row(0, code=""), do="plan", level="I").content.decode()

    assert "32 units: accept up to 2, reject from 3" in page
    assert not bare.specifications.exists()


WIDTH = {"name": "Width", "name_zh": "宽度", "kind": "measured", "lower": "9", "upper": "11", "unit": "mm"}


def shown_plan(response) -> list[tuple]:
    return [(each["class"], each.get("name", ""), each["text"]) for each in response.context["plan"]["plans"]]


def test_the_variables_plans_being_written_are_shown_with_what_they_are_worth(client, manager, bare):
    client.force_login(manager)

    response = edit(
        client, bare,
        row(0, **WIDTH, variables_aql="1.0", variables_level="II", variables_form="2"),
        row(1, nonconformity_class="minor"),
        row(2, code="HEAT", name="Warmth", kind="measured", upper="209", variables_aql="1.0", variables_form="1"),
        do="plan",
    )  # fmt: skip

    assert shown_plan(response) == [
        ("critical", "", "80 units: accept up to 0, reject from 1"),
        ("minor", "", "80 units: accept up to 7, reject from 8"),
        ("major", "Width", "35 units: accept up to M = 2.66 % estimated outside the limits"),
        ("major", "Warmth", "35 units: accept with the mean at least k = 1.89 standard deviations from the limit"),
    ]
    page = response.content.decode()
    assert "ANSI/ASQ Z1.9, level II, AQL 1.0, form M" in page
    assert "ANSI/ASQ Z1.9, level II, AQL 1.0, form k" in page
    assert page.count("A batch with 5 % bad units still passes about 1 time in 5.") == 2
    assert "The plan of a batch of 1,000 units" in page
    assert not bare.specifications.exists()


def test_the_plan_being_written_is_shown_in_chinese(client, manager, bare):
    client.force_login(manager)
    client.cookies["django_language"] = "zh-hans"

    response = edit(client, bare, row(0, **WIDTH), row(1, code=""), do="plan", variables_aql="1.0", variables_form="2")

    assert ("major", "宽度", "35 件：超出限值的估计比例不超过 M = 2.66% 时接收") in shown_plan(response)
    assert "尚未纳入此方案" in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"code": ""}, "Code: This field is required."),
        ({"kind": "measured", "lower": "x"}, "Lower limit: x is not a number."),
        ({"kind": "measured"}, "Lower limit: A measured characteristic needs a lower or an upper limit."),
        (WIDTH | {"variables_aql": "1.0", "variables_form": "1"}, "Judged by: Form 1 judges one limit only. Use form 2 for a lower and an upper limit."),
        ({"nonconformity_class": "minor"}, "The sampling scheme gives no plan for the class minor. Add an AQL for it to the scheme."),
    ],
)  # fmt: skip
def test_a_row_that_no_plan_can_be_made_for_is_named_beside_the_plan(client, manager, bare, fields, reason):
    client.force_login(manager)

    response = edit(client, bare, row(0), row(1, **{"code": "C1", "name": "Odd"} | fields), do="plan", aql_minor="")

    title = " ".join(filter(None, [fields.get("code", "C1"), fields.get("name", "Odd")]))
    assert response.context["plan"]["unplanned"] == [(title, [reason])]
    assert ("major", "", "80 units: accept up to 5, reject from 6") in shown_plan(response)
    assert reason in response.content.decode()


def test_a_scheme_that_gives_no_plan_says_so_where_the_plan_would_stand(client, manager, bare):
    client.force_login(manager)

    page = edit(client, bare, row(0), do="plan", kind="double").content.decode()

    assert "No plan yet." in page
    assert "kept in the ANSI/ASQ Z1.4 form only" in page


def test_a_plan_that_accepts_everything_is_called_by_its_name(client, manager, bare):
    client.force_login(manager)

    page = edit(client, bare, row(0), do="plan", kind="fixed", n="5", acceptance_major="5").content.decode()

    assert "Every batch passes: the acceptance number is not below the number of units looked at." in page


def test_a_picture_is_kept_through_errors_and_buttons(client, manager, bare):
    client.force_login(manager)

    first = edit(client, bare, row(0, code=""), **{"c-0-picture": upload(picture())})
    kept = typed(first, "c-0-picture_kept")
    second = edit(client, bare, row(0, code="A", picture_kept=kept), do="add")
    assert second.context["rows"][0]["picture_kept"].value() == kept
    edit(client, bare, row(0, code="A", picture_kept=kept))

    characteristic = draft_of(bare).characteristics.get()
    address = reverse("reference-picture", args=[bare.sku, 1, "A"])
    response = client.get(address)
    shown = Image.open(BytesIO(response.content))
    assert characteristic.picture.name.endswith(".jpg")
    assert (response["Content-Type"], shown.size) == ("image/jpeg", (40, 30))


def test_a_picture_is_upright_and_carries_no_place(client, manager, bare):
    photo = Image.new("RGB", (40, 30), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    file = BytesIO()
    photo.save(file, "JPEG", exif=exif)
    client.force_login(manager)

    edit(client, bare, row(0, code="A"), **{"c-0-picture": upload(file.getvalue(), "IMG.jpg")})

    with Image.open(draft_of(bare).characteristics.get().picture.path) as stored:
        assert stored.size == (30, 40)
        assert dict(stored.getexif()) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        picture("JPEG", (400, 300))[:-200],
        picture("GIF"),
    ],
    ids=["empty", "svg", "pdf", "cut off", "gif"],
)
def test_what_is_no_picture_is_refused_by_content(client, manager, bare, content):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A"), **{"c-0-picture": upload(content, "lid.jpg")})

    assert re.search(
        r"Reference picture</a>:\s+.*(whatever its name says|is empty|damaged or was cut off)",
        response.content.decode(),
    )
    assert not bare.specifications.exists()


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(client, manager, bare):
    file = BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    assert len(file.getvalue()) < 20_000
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A"), **{"c-0-picture": upload(file.getvalue())})

    assert "too many pixels" in response.content.decode()


def test_a_picture_that_is_too_large_is_refused(client, manager, bare):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A"), do="add", **{"c-0-picture": upload(b"\xff\xd8\xff" * 9_000_000)})

    assert "at most 25 MB are taken" in response.content.decode()


def test_a_picture_of_another_file_cannot_be_named(client, manager, bare):
    client.force_login(manager)

    response = edit(client, bare, row(0, code="A", picture_kept="../../secret_key"))

    assert "Choose the picture once more" in response.content.decode()


def test_a_new_draft_begins_as_the_active_version_with_its_pictures(client, manager, bare):
    client.force_login(manager)
    edit(client, bare, row(0, code="A"), **{"c-0-picture": upload(picture())})
    client.post(reverse("specification-activate", args=[bare.sku, 1]))

    form = client.get(reverse("specification-edit", args=[bare.sku])).context["rows"][0]
    edit(client, bare, row(0, code="A", picture_kept=form["picture_kept"].value()), row(1, code="B"))

    first, second = (s.characteristics.get(code="A").picture.name for s in bare.specifications.order_by("version"))
    assert first == second != ""


def test_a_picture_stays_where_a_program_says_nothing_about_it(client, manager, bare):
    client.force_login(manager)
    edit(client, bare, row(0, code="LEAK"), **{"c-0-picture": upload(picture())})

    draft_specification(product=bare, characteristics=KETTLE, scheme=SCHEME, actor=manager, at=NOON)

    pictures = {c.code: bool(c.picture) for c in draft_of(bare).characteristics.all()}
    assert pictures == {"LEAK": True, "HEIGHT": False, "CORD": False, "LID": False, "PRINT": False}


def test_a_draft_that_somebody_else_wrote_meanwhile_is_not_overwritten(client, manager, merchandiser, bare):
    client.force_login(manager)
    opened = client.get(reverse("specification-edit", args=[bare.sku])).context["opened_at"]
    client.force_login(merchandiser)
    edit(client, bare, row(0, code="THEIRS"))
    client.force_login(manager)

    response = edit(client, bare, row(0, code="MINE"), opened_at=opened)

    assert "Somebody has changed the draft" in response.content.decode()
    assert codes(response) == ["MINE"]
    assert [c.code for c in draft_of(bare).characteristics.all()] == ["THEIRS"]


def test_the_confirmation_says_what_changes_and_the_activation_changes_it(client, manager, inspector, batch):
    product = batch.product
    plan_inspection(batch=batch, actor=inspector, at=NOON)
    client.force_login(manager)
    edit(
        client, product,
        row(0, code="LEAK", name="No leak", name_zh="不漏水", nonconformity_class="critical", aspect="function"),
        row(1, code="CORD", name="Cord length", name_zh="线长", aspect="dimension", kind="measured",
            target="75", lower="70", upper="82", unit="cm"),
        row(2, code="SEAM", name="Seam"),
        aql_major="1.5",
    )  # fmt: skip
    address = reverse("specification-activate", args=[product.sku, 2])

    page = client.get(address).content.decode()

    for sentence in (
        "SEAM Seam is added (major).",
        "HEIGHT Body height is no longer checked.",
        "CORD Cord length: upper limit 80 → 82.",
        "Sampling now: Acceptance quality limit (AQL): major 1.5, minor 4.0.",
        "80 units: accept up to 5, reject from 6",
        "80 units: accept up to 3, reject from 4",
        "1 inspection is under way and goes on by the version it began with.",
    ):
        assert sentence in page
    assert marked(page) == [
        "HEIGHT Body height is no longer checked.",
        "LID Lid finish is no longer checked.",
        "PRINT Box print is no longer checked.",
        "CORD Cord length: upper limit 80 → 82.",
    ]
    assert states(product) == ["active", "draft"]
    assert "Ask another person who may decide holds to sign it." in page
    assert "Activate version 2" not in page


def marked(page: str) -> list[str]:
    """The lines of what changes that are marked as loosening."""
    lines = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    return [re.split(r"\s*<", line.strip())[0] for line in lines if "Loosens" in line]


def states(product) -> list[str]:
    return list(product.specifications.order_by("version").values_list("status", flat=True))


def a_looser_draft(client, product) -> str:
    """Without the check of the lid; the address of its signature."""
    draft_of_lids = [item for item in KETTLE if item.code != "LID"]
    author = make_user(Role.MERCHANDISER)
    draft_specification(product=product, characteristics=draft_of_lids, scheme=SCHEME, actor=author, at=NOON)
    return reverse("specification-sign", args=[product.sku, 2])


def signed_on(client, address, **sent):
    page = client.get(address).context
    form = page["form"]
    sent = {"reason": "The lid is another supplier's", "password": "holdfast-test"} | sent
    return client.post(address, {"key": form["key"].value(), "digest": page["digest"]} | sent)


def test_a_version_that_loosens_is_activated_by_nobody_alone(client, merchandiser, product):
    client.force_login(merchandiser)
    a_looser_draft(client, product)

    answer = client.post(reverse("specification-activate", args=[product.sku, 2]))

    assert "once a second person, who may decide holds" in answer.content.decode()
    assert states(product) == ["active", "draft"]


def test_a_second_person_signs_it_with_a_reason(client, manager, product):
    client.force_login(manager)
    address = a_looser_draft(client, product)

    assert "This field is required" in signed_on(client, address, reason="").content.decode()
    assert "not your password" in signed_on(client, address, password="wrong").content.decode()
    assert states(product) == ["active", "draft"]
    assert signed_on(client, address).url == reverse("specification-detail", args=[product.sku, 2])

    assert states(product) == ["retired", "active"]
    second = product.specifications.get(version=2)
    assert (second.signed_by, second.signed_reason, second.signature) == (
        manager, "The lid is another supplier's", "password",
    )  # fmt: skip
    page = client.get(reverse("specification-detail", args=[product.sku, 2])).content.decode()
    assert "for it loosens what was in force: The lid is another supplier&#x27;s" in page


def test_what_was_rewritten_after_it_was_read_is_not_signed(client, manager, product):
    client.force_login(manager)
    address = a_looser_draft(client, product)
    page = client.get(address).context
    looser = [item for item in KETTLE if item.code == "CORD"]
    author = product.specifications.get(version=2).drafted_by
    draft_specification(product=product, characteristics=looser, scheme=SCHEME, actor=author, at=NOON)
    sent = {"key": page["form"]["key"].value(), "reason": "The lid", "password": "holdfast-test"}

    for shown in ({"digest": page["digest"]}, {}):
        answer = client.post(address, sent | shown)
        assert "It was changed meanwhile. Nothing was signed; look at it again." in answer.content.decode()
        assert states(product) == ["active", "draft"]
    assert client.post(address, sent | {"digest": answer.context["digest"]}).status_code == 302


def test_what_waits_is_told_where_people_look(client, manager, merchandiser, product):
    a_looser_draft(client, product)

    for person in (manager, merchandiser):
        client.force_login(person)
        assert "HL-KT17-W v2" in client.get("/").content.decode()
        page = client.get(reverse("product-detail", args=[product.sku])).content.decode()
        assert "Specification v2 waits for a second signature" in page
    client.force_login(manager)
    assert (
        "Sign and activate version 2"
        in client.get(reverse("specification-activate", args=[product.sku, 2])).content.decode()
    )


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 403), ("manager", 200), ("merchandiser", 403), ("supplier_user", 404), ("rival_supplier", 404)],
)
def test_who_is_asked_for_the_second_signature(client, request, product, persona, status):
    client.force_login(request.getfixturevalue(persona))

    assert client.get(a_looser_draft(client, product)).status_code == status


def test_a_version_that_only_tightens_is_as_free_as_before(client, merchandiser, product):
    client.force_login(merchandiser)
    tighter = [replace(item, upper="79") if item.code == "CORD" else item for item in KETTLE]
    draft_specification(product=product, characteristics=tighter, scheme=SCHEME, actor=merchandiser, at=NOON)
    address = reverse("specification-activate", args=[product.sku, 2])

    assert marked(client.get(address).content.decode()) == []
    assert client.post(address).url == reverse("specification-detail", args=[product.sku, 2])
    assert states(product) == ["retired", "active"]


def test_a_draft_that_was_rewritten_after_it_was_read_is_not_activated(client, manager, bare):
    client.force_login(manager)
    edit(client, bare, row(0, code="READ"))
    address = reverse("specification-activate", args=[bare.sku, 1])
    digest = client.get(address).context["digest"]
    edit(client, bare, row(0, code="WRITTEN-SINCE"))

    response = client.post(address, {"digest": digest})

    assert "It was changed meanwhile" in response.content.decode()
    assert draft_of(bare).version == 2


def test_an_active_version_is_not_activated_again(client, manager, product):
    client.force_login(manager)
    address = reverse("specification-activate", args=[product.sku, 1])

    assert client.get(address).url == reverse("specification-detail", args=[product.sku, 1])
    assert "can no longer be changed" in client.post(address).content.decode()


def test_the_page_of_a_version_says_what_is_checked_and_how_many_are_taken(client, inspector, product):
    client.force_login(inspector)

    page = client.get(reverse("specification-detail", args=[product.sku, 1])).content.decode()

    for words in ("Body height", "49.5 – 50.5 mm, target 50", "80 units: accept up to 7, reject from 8", "不漏水"):
        assert words in page
    assert "Draft a new version" not in page


def test_the_page_of_a_version_takes_a_constant_number_of_queries(
    client, manager, product, bare, django_assert_num_queries
):
    make_specification(bare, KETTLE[:1])
    client.force_login(manager)
    client.get("/products/")  # signs in

    for sku in (bare.sku, product.sku):
        with django_assert_num_queries(11):
            client.get(reverse("specification-detail", args=[sku, 1]))


def test_who_may_do_what(client, product, inspector, manager, merchandiser, admin, supplier_user, rival_supplier):
    draft_specification(product=product, characteristics=KETTLE, scheme=SCHEME, actor=manager, at=NOON)
    detail, draft = (reverse("specification-detail", args=[product.sku, version]) for version in (1, 2))
    edit_page, activate = reverse("specification-edit", args=[product.sku]), f"{draft}activate/"
    seen = {}
    for user in (inspector, manager, merchandiser, admin, supplier_user, rival_supplier):
        client.force_login(user)
        seen[user.username] = [client.get(page).status_code for page in (detail, draft, edit_page, activate)]

    assert seen == {
        "inspector": [200, 200, 403, 403],
        "manager": [200, 200, 200, 200],
        "merchandiser": [200, 200, 200, 200],
        "admin": [200, 200, 200, 200],
        "supplier": [200, 404, 403, 404],
        "rival": [404, 404, 404, 404],
    }


def test_a_picture_is_seen_by_whom_the_version_is_seen(client, manager, supplier_user, rival_supplier, bare):
    client.force_login(manager)
    edit(client, bare, row(0, code="A"), **{"c-0-picture": upload(picture())})
    address = reverse("reference-picture", args=[bare.sku, 1, "A"])
    client.force_login(supplier_user)
    assert client.get(address).status_code == 404  # a draft
    client.force_login(manager)
    client.post(reverse("specification-activate", args=[bare.sku, 1]))

    seen = {}
    for user in (supplier_user, rival_supplier, manager):
        client.force_login(user)
        seen[user.username] = client.get(address).status_code
    client.logout()

    assert seen == {"supplier": 200, "rival": 404, "manager": 200}
    assert client.get(address).status_code == 302
