"""What the pack's cars, colours, cities and stores are called: models.yaml and stores.yaml."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.yaml_source import Fault
from intents.pack_reading import Part, open_part, plain, plain_each
from intents.teaching import Names, Place, Trim

_IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")


def read_names(folder: Path, faults: list[Fault]) -> Names:
    """Names of everything that a slot can hold."""
    cars, places = (open_part(folder / name, folder, faults) for name in ("models.yaml", "stores.yaml"))
    car_parts = cars.items() if cars else {}
    place_parts = places.items(("cities", "stores")) if places else {}
    models = _below(car_parts, "models", cars)
    fields = {key: body.items() for key, body in models.items()}
    cities = {key: body.items() for key, body in _below(place_parts, "cities", places).items()}
    return Names(
        models={key: _names(models[key], some) for key, some in fields.items()},
        trims=tuple(trim for key, some in fields.items() for trim in _trims(key, models[key], some)),
        colours={key: _colours(some["colours"].text()) for key, some in fields.items() if "colours" in some},
        cities=tuple(Place(key, key, _names(place_parts["cities"], some)) for key, some in cities.items()),
        stores=tuple(_stores(_below(place_parts, "stores", places), set(cities))),
        rivals=tuple(car_parts["rivals"].texts()) if "rivals" in car_parts else (),
    )


def _below(parts: dict[str, Part], name: str, whole: Part | None) -> dict[str, Part]:
    if name in parts:
        return parts[name].items()
    if whole:
        whole.fault(f"«{name}» is missing")
    return {}


def _trims(model: str, whole: Part, fields: dict[str, Part]) -> Iterator[Trim]:
    for key, body in _below(fields, "trims", whole).items():
        yield Trim(key, model, _names(body, body.items()))


def _stores(stores: dict[str, Part], cities: set[str]) -> Iterator[Place]:
    for key, body in stores.items():
        fields = body.items()
        city = fields["city"].text() if "city" in fields else ""
        if city not in cities:
            body.fault(f"the city «{city}» of the store «{key}» is not among the cities")
        yield Place(key, city, _names(body, fields))


def _names(part: Part, fields: dict[str, Part]) -> tuple[str, ...]:
    """The Chinese name and the aliases, plain, each once; also without their spaces: 560智享版."""
    if "zh" not in fields:
        part.fault("a Chinese name «zh» is needed here")
    aliases = fields["aliases"].texts() if "aliases" in fields else []
    names = list(plain_each([*([fields["zh"].text()] if "zh" in fields else []), *aliases]))
    return tuple(dict.fromkeys([*names, *(name.replace(" ", "") for name in names)]))


def _colours(text: str) -> tuple[str, ...]:
    """«云白（免费）、星夜黑» → 云白, 星夜黑."""
    return tuple(plain(name) for name in _IN_BRACKETS.sub("", text).split("、") if name.strip())
