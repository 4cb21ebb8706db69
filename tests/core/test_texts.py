"""The Spanish: all of it, nothing else, and in the house's manner. `python tools/texts.py` tells what is missing."""

import re
from decimal import Decimal
from string import Formatter

import pytest

from crm_app.core.i18n import Message, Speech
from crm_app.core.money import bare
from tools import texts

# the same word in both languages
SAME = {
    "{what} ({names})",
    "{first} · {second}",
    "{name}: {amount}",
    "{orders}, {lines}",
    "31-60",
    "61-90",
    "91-120",
    "CSV",
    "Cheque",
    "Excel (XLSX)",
    "No",
    "Normal",
    "PDF",
    "Roles",
    "Sector",
    "Subtotal",
    "Total",
    "Web",
    "token",
    "{verb} ({what})",
    "{what}: {verb}",
}
# names that keep their capital letter inside a sentence
NAMES = {
    "ZIP",
    "Alt",
    "Ctrl",
    "Delete",
    "Enter",
    "Intro",
    "Supr",
    "API",
    "Banco",
    "CSV",
    "CO",
    "Central",
    "ES",
    "ETag",
    "EU",
    "EUR",
    "Europeo",
    "IBAN",
    "JSON",
    "MB",
    "PDF",
    "PostgreSQL",
    "QR",
    "SQLite",
    "UE",
    "UNTDID",
    "XLSX",
    "vCard",
}
# the Spanish of a familiar address, which the house does not use; "Escribe…" at the start is an order to a "tú"
ORDERS = (
    "Añade|Busca|Cambia|Comprueba|Copia|Elige|Envía|Escanea|Escribe|Espera|Guarda|Inicia|Introduce|Pide|Pon|Quita|"
    "Responde|Revisa|Usa|Vuelve"
)
FAMILIAR = re.compile(
    r"\b(tú|tus?|te|ti|contigo|vosotr[oa]s|os|vuestr[oa]s?|puedes|quieres|tienes|debes|podéis|queréis)\b"
    rf"|(^|[.:;!?¿¡] )({ORDERS})\b",
    re.IGNORECASE,
)
ENDS = (".", "…", ":", "?", "!")


@pytest.fixture(scope="module")
def found():
    return texts.collect()


@pytest.fixture(scope="module")
def spanish():
    return texts.catalogue()


def holes(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def those(spanish, wrong):
    return {english: said for english, said in spanish.items() if wrong(english, said)}


def test_every_text_has_its_spanish(found, spanish):
    assert texts.missing(found.texts, spanish) == []


def test_no_spanish_is_left_over(found, spanish):
    assert texts.left_over(found.texts, spanish) == []


def test_every_text_can_be_told_before_the_program_runs(found):
    assert found.unknown == ()


def test_a_text_is_found_wherever_it_may_stand(found):
    assert found.texts >= {
        "New account",  # put together by a page
        "Next, previous row",  # a table of a page
        "At most {size} characters.",  # a kind of field
        "Customer",  # a choice
        "file",  # handed on by an error of ours
        "is one of",  # a dict of a state
        "System",  # shown by a state, made by a service
        "Back office",  # a role
        "Undo",  # the label of a change
        "Method not allowed",  # a problem of the API
    }


def test_a_forgotten_and_an_unused_text_are_both_told():
    assert texts.missing({"One", "Two"}, {"One": "Uno", "Two": ""}) == ["Two"]
    assert texts.left_over({"One"}, {"One": "Uno", "Three": "Tres"}) == ["Three"]


SAMPLE = """
def shout(loud, words):
    title = "Louder" if loud > 9 else "Loud"
    return Message(words, loud=Message(title))

class Broken(Refusal):
    def __init__(self, what):
        super().__init__(Message("{what} is broken.", what=Message(what)))

_WORDS = {"a": "First", "b": "Second"}
shout(1, "Handed on")
raise Broken("door")
say(_WORDS[key])
say("Yes" if it else "No")
say(f"Made of {parts}")
tell_nobody("Not a text")
"""


def test_texts_are_found_where_they_are_handed_on_and_made_up_ones_are_told(tmp_path):
    (tmp_path / "sample.py").write_text("def say(text): return translate(text, 'es')\n" + SAMPLE)
    found, unknown = texts.in_source(tmp_path, {("sample.py", "gone.by"): ("Kept",)})
    assert found == {"Handed on", "Louder", "Loud", "{what} is broken.", "door", "First", "Second", "Yes", "No", "Kept"}
    assert [expression for _, expression in unknown] == ["f'Made of {parts}'", "gone.by is not there any more"]


def test_both_languages_have_the_same_holes(spanish):
    assert those(spanish, lambda english, said: holes(english) != holes(said)) == {}


def test_spanish_differs_from_english(spanish):
    assert set(those(spanish, lambda english, said: english == said)) == SAME & set(spanish)


def test_sentences_begin_and_end_alike_in_both_languages(spanish):
    def unlike(english, said):
        ends = [next((mark for mark in ENDS if text.endswith(mark)), "") for text in (english, said)]
        first = english[0], said.lstrip("¿¡")[0]
        capital = all(letter.isalpha() for letter in first) and first[0].isupper() != first[1].isupper()
        return ends[0] != ends[1] or capital

    assert those(spanish, unlike) == {}


def test_only_the_first_word_of_a_sentence_has_a_capital(spanish):
    def capital(_english, said):
        words = re.findall(r"(?<=[\wáéíóúñ,;»})] )[^\s]*[A-ZÁÉÍÓÚÑ][^\s]*", said)
        plain = (word.strip("¿¡«»().,:;?!") for word in words if not re.search(r"[\d/{@]", word))
        return any(word not in NAMES for word in plain)

    assert those(spanish, capital) == {}


def test_the_typography_is_spanish(spanish):
    foreign = re.compile(r"['\"`´]|\.\.\.|[“”‘’]| [,.;:!?»]|« |  |^ | $")
    assert those(spanish, lambda _, said: foreign.search(said)) == {}
    for opening, closing in ("«»", "¿?", "¡!"):
        assert those(spanish, lambda _, said, pair=(opening, closing): said.count(pair[0]) != said.count(pair[1])) == {}


def test_people_are_addressed_as_usted(spanish):
    assert those(spanish, lambda _, said: FAMILIAR.search(said)) == {}


def test_the_catalogue_is_in_order_and_names_no_place():
    content = texts.CATALOGUE.read_text(encoding="utf-8")
    found = re.findall(r'^(?:msgctxt "(.*)"\n)?msgid "(.*)"$', content, re.MULTILINE)
    keys = [(text, context) for context, text in found]
    assert keys == sorted(set(keys))
    assert re.findall(r"^#[:,|~].*|.*(?:/work|/home).*", content, re.MULTILINE) == []
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in content.splitlines()


def test_a_number_in_a_sentence_is_written_as_its_reader_writes_it():
    message = Message("At most {most} is left.", most=Decimal("1234.50"))
    assert Speech("es", "ES").say(message) == "Quedan como máximo 1.234,50."
    assert Speech("en", "GB").say(message) == "At most 1,234.50 is left."
    assert Speech("es", "ES").say(Message("{most}", most=bare(Decimal("3E+1")))) == "30"


def test_a_name_that_ends_in_a_stop_ends_the_sentence_with_it():
    assert Speech("es").say(Message("{name} removed.", name="Acme, S.L.")).count(".") == 2
    assert Speech("en").say(Message("{name} removed.", name="Acme, S.L.")) == "Acme, S.L. removed."
    assert (
        Speech("en").say(Message("There is no permission {name}.", name="Acme, S.L."))
        == "There is no permission Acme, S.L."
    )
    assert Speech("en").say(Message("There is no permission {name}.", name="Acme")) == "There is no permission Acme."
