"""Units of measure are free text. Those that everybody knows are said in the customer's language, all others as they stand."""

from decimal import Decimal

from .fields import fold

# of one and of several, then what else is understood, in Spanish and in English
_KNOWN = (
    ("ud ud uds und unds", "pc pcs ea each"),
    ("unidad unidades", "unit units"),
    ("pieza piezas pza pzas", "piece pieces"),
    ("par pares", "pair pairs"),
    ("docena docenas", "dozen dozen"),
    ("millar millares", "thousand thousand"),
    ("juego juegos set sets", "set sets"),
    ("caja cajas", "box boxes"),
    ("paquete paquetes pack packs", "pack packs package packages"),
    ("bolsa bolsas", "bag bags"),
    ("saco sacos", "sack sacks"),
    ("botella botellas", "bottle bottles"),
    ("lata latas", "can cans tin tins"),
    ("bidón bidones", "drum drums"),
    ("rollo rollos", "roll rolls"),
    ("resma resmas", "ream reams"),
    ("hoja hojas", "sheet sheets"),
    ("página páginas", "page pages"),
    ("palabra palabras", "word words"),
    ("palé palés palet palets pallet pallets", "pallet pallets"),
    ("lote lotes", "lot lots batch batches"),
    ("metro metros", "metre metres meter meters"),
    ("litro litros", "litre litres liter liters"),
    ("galón galones", "gallon gallons"),
    ("gramo gramos", "gram grams"),
    ("kilo kilos kilogramo kilogramos", "kilo kilos kilogram kilograms"),
    ("tonelada toneladas", "tonne tonnes ton tons"),
    ("minuto minutos", "minute minutes"),
    ("hora horas", "hour hours"),
    ("h h", "h h hr hrs"),
    ("día días", "day days"),
    ("jornada jornadas", "day days"),
    ("noche noches", "night nights"),
    ("semana semanas", "week weeks"),
    ("mes meses", "month months"),
    ("trimestre trimestres", "quarter quarters"),
    ("año años", "year years"),
    ("persona personas", "person people persons"),
    ("usuario usuarios", "user users"),
    ("licencia licencias", "licence licences license licenses"),
    ("servicio servicios", "service services"),
    ("sesión sesiones", "session sessions"),
    ("visita visitas", "visit visits"),
    ("viaje viajes", "trip trips"),
)


def _from_the_other(place: int) -> dict[str, tuple[str, str]]:
    """The words of the other language, folded, and what they are in this one; a word that both have stays what it is."""
    own = {fold(word) for pair in _KNOWN for word in pair[place].split()}
    found: dict[str, tuple[str, str]] = {}
    for pair in _KNOWN:
        one, several, *_ = pair[place].split()
        for word in map(fold, pair[1 - place].split()):
            if word not in own:
                found.setdefault(word, (one, several))
    return found


def _of_its_own(place: int) -> dict[str, tuple[str, str]]:
    """The words of the language, folded, of one or of several, and both."""
    pairs = ((one, several) for pair in _KNOWN for one, several, *_ in (pair[place].split(),) if one != several)
    return {fold(word): pair for pair in pairs for word in pair}


_IN = {"es": _from_the_other(0), "en": _from_the_other(1)}
_OWN = {"es": _of_its_own(0), "en": _of_its_own(1)}


def in_language(unit: str, language: str, quantity: Decimal) -> str:
    """What so many of that unit are called in the language (es, en): "ud" is "pcs" in English, of a single one "pc"; two "caja" are
    "cajas".
    """
    known = _IN[language].get(fold(unit).rstrip("."))
    if known is not None:
        return known[abs(quantity) != 1]
    said = _OWN[language].get(fold(unit), (unit, unit))[abs(quantity) != 1]
    if fold(said) == fold(unit):
        return unit
    return said.capitalize() if unit[:1].isupper() else said
