"""What is written down of a walk; plain values, so that they go into JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert, and what it was about; one that is felt first and said later comes twice."""

    at_s: float  # when its picture was taken
    decided_s: float
    text: str
    label: str
    priority: str
    way: str  # "said", or "felt": its words wait for others to be over
    distance_m: float | None
    ttc_s: float | None
    about: str | None  # the kind of thing; None for nothing that is there
    right: bool | None  # True: about a collision; False: needless; None: one may tell it or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One thing that is run into, and how long before that it was told."""

    kind: str
    contact_s: float
    warned_s: float | None  # before the contact, when it was first felt or said; None for never
    said_s: float | None = None  # before the contact, when it was first said


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What came of one walk."""

    kind: str
    seed: int
    seconds: float
    met: tuple[Met, ...]
    told: tuple[Told, ...]
    latencies_s: tuple[float, ...]  # from a picture's capture to the decision, every picture taken
    lost: int  # pictures that came while it was busy
    ttc_errors: tuple[float, ...]  # of things coming closer, relative: estimate / truth - 1
    ttc_unknown: int  # pictures of such things without an estimate

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        record = asdict(self)
        for key in ("latencies_s", "ttc_errors"):
            record[key] = [round(value, 4) for value in record[key]]
        return {"type": "walk", **record}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Walked:
        """Back; raises `KeyError` or `TypeError` for what is no such record."""
        values = {key: value for key, value in record.items() if key in cls.__dataclass_fields__}
        values["met"] = tuple(Met(**met) for met in record["met"])
        values["told"] = tuple(Told(**told) for told in record["told"])
        values["latencies_s"] = tuple(record["latencies_s"])
        values["ttc_errors"] = tuple(record["ttc_errors"])
        return cls(**values)
