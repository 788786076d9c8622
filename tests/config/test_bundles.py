"""Files that name others, and what is written into them."""

import pytest

from config.bundles import NotBundled, module, shortened, style_sheet


def made(make, name, **files):
    return make(name, lambda path: files[path.replace("/", "_").replace(".", "_").replace("-", "_")])


def test_a_style_sheet_has_what_it_imports_and_addresses_from_where_it_stands():
    text = made(
        style_sheet,
        "css/all.css",
        css_all_css='/* all */\n@import "base.css";\n@import "pages/one.css";\n',
        css_base_css="a {\n  color: red;\n}\n",
        css_pages_one_css='b {\n  background: url("../../img/b.svg"); /* far */\n  src: url(data:x);\n}\n',
    )

    assert text == 'a {\ncolor: red;\n}\nb {\nbackground: url("../img/b.svg");\nsrc: url(data:x);\n}\n'


def test_a_module_has_what_it_imports_once_each_in_a_scope_of_its_own():
    text = made(
        module,
        "js/page.js",
        js_page_js='/** All. */\nimport "./a.js";\nimport { two as second } from "./b.js";\n\nawait second();\n',
        js_a_js='import {\n  one,\n  two,\n} from "./b.js";\n\nconst shown = one;\nexport { shown as last, two };\n',
        js_b_js="// why\nexport const one = 1;\nexport async function two() {\n  return `${one}`;\n}\nexport class Three {}\n",
    )

    assert text == (
        "const _0 = (() => {\nconst one = 1;\nasync function two() {\nreturn `${one}`;\n}\nclass Three {}\n"
        "return [one, two, Three];\n})();\n"
        "const _1 = (() => {\nconst [one, two] = _0;\nconst shown = one;\nreturn [shown, two];\n})();\n"
        "const [, second] = _0;\nawait second();\n"
    )


@pytest.mark.parametrize(
    "code",
    [
        'import { a } from "./page.js";\n',
        'import a from "./b.js";\n',
        'import * as a from "./b.js";\n',
        "export default 1;\n",
        "const a = `one\n  two`;\n",
    ],
)
def test_what_is_not_understood_is_refused(code):
    with pytest.raises(NotBundled):
        made(module, "js/page.js", js_page_js='import "./a.js";\n', js_a_js=code, js_b_js="export const a = 1;\n")


def test_what_is_imported_later_stays_a_file_of_its_own_seen_from_where_the_bundle_stands():
    text = made(
        module,
        "js/entry/page.js",
        js_entry_page_js='import "../out/a.js";\nexport const b = () => import("./b.js");\n',
        js_out_a_js='const { c } = await import("./c.js");\nimport("../entry/d.js");\n',
    )

    assert text == (
        'const _0 = (() => {\nconst { c } = await import("../out/c.js");\nimport("./d.js");\n})();\n'
        'const b = () => import("./b.js");\nexport { b };\n'
    )


def test_names_become_short_and_addresses_stay():
    assert shortened(
        "text/javascript", 'const first = () => { const long = 1; return import("./b.js").then(long); };\n'
    ) == ('const first=()=>{const e=1;return import("./b.js").then(e)}')
    assert shortened("text/css", "a {\n  color: red;\n}\n") == "a{color:red}"
