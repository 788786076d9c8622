"""A line of a template that holds too much is named with what to do; one that reads at a glance is left alone."""

import pytest

from config import template_lines

WORDS = "Nothing ships until the batch was inspected again. "


def found(source):
    return list(template_lines.complaints(source))


def test_a_line_may_be_140_columns_long_and_no_longer():
    line = f"{WORDS * 3:.140}"

    assert found(f"{line}\n{line}.\n") == [
        (2, "141 columns, 140 at most: break it at white space or between attributes")
    ]


@pytest.mark.parametrize(
    "line",
    [
        '<tr><th scope="row">{{ batch.number }}</th><td class="num">{{ batch.quantity }}</td></tr>',
        '{% if batch.hold %}<p class="soft">{% translate "on hold" %}</p>{% endif %}',
        f'<p class="soft">{{% translate "{WORDS * 2}" %}}</p>',
        '<section class="card{% if check.failed %} card--stopped{% endif %}" id="check-{{ check.code }}" aria-label="{% translate "Checks" %}">',
        '<input type="checkbox" name="unit" value="{{ unit }}"{% if bad %} checked{% endif %}{% if closed %} disabled{% endif %} autocomplete="off">',
        "{% else %}",
        '<section class="card"',
        '    id="checks">',
    ],
)
def test_one_element_or_block_a_line_is_fine_and_several_that_close_on_a_short_one(line):
    assert found(line) == []


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('<div class="card__head"><h2>', 2),
        ("{% for batch in batches %}{% if batch.hold %}", 2),
        ("</td></tr></tbody>", 3),
        ('{% endif %}{% else %}{% if other %}<p class="soft">', 4),
        ('{% if hold %}<p class="soft">{{ hold.reason }}</p>{% else %}', 1),
    ],
)
def test_elements_and_blocks_that_go_on_elsewhere_have_lines_of_their_own(line, number):
    expected = f"{number} elements or blocks that go on elsewhere: give each a line of its own"

    assert found(f"<body>\n{line}") == ([(2, expected)] if number > 1 else [])


def test_several_elements_that_close_on_a_long_line_have_lines_of_their_own():
    line = '<li><p class="soft">{% translate "Nothing of your products is stopped, and nothing waits for you today" %}</p></li>'

    assert found(line) == [(1, "2 elements or blocks in more than 100 columns: give each a line of its own")]


def test_a_block_that_alone_fills_an_element_may_begin_and_end_beside_it():
    cell = '<td data-label="{% translate "Due" %}">{% if due %}\n  {{ due }}\n{% endif %}</td>\n'

    assert found(cell) == []
    assert [number for number, _ in found(cell.replace("{% if", " {% if"))] == [1]
    assert found("{% block aside %}{% if due %}\n  {{ due }}\n{% endif %}{% endblock aside %}\n") == []


def test_what_is_not_carried_out_may_show_code():
    assert (
        found("{% comment %}\n<table><tr><td>\n{% endcomment %}\n{% verbatim %}{% if a %}{% if b %}{% endverbatim %}\n")
        == []
    )


def test_every_complaint_is_printed_with_its_place(tmp_path, monkeypatch):
    folder = tmp_path / "templates" / "holds"
    folder.mkdir(parents=True)
    (folder / "list.html").write_text("<ul>\n<li><p>\n")
    (folder / "fine.html").write_text("<ul>\n</ul>\n")
    (folder / "mail.txt").write_text("word " * 60)
    monkeypatch.setattr(template_lines, "ROOT", tmp_path / "templates")

    with pytest.raises(SystemExit) as stopped:
        template_lines.main()

    assert stopped.value.code == (
        "templates/holds/list.html:2: 2 elements or blocks that go on elsewhere: give each a line of its own"
    )


def test_our_templates_keep_to_it():
    template_lines.main()
