"""The documents of this repository, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHINESE = ".zh-CN.md"


def pages() -> list[Path]:
    """README, docs/ and the model cards' page, both languages."""
    return [*ROOT.glob("README*.md"), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "models/README.md"]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def chinese(page: Path) -> Path:
    """The Chinese page beside an English one."""
    return page.with_name(page.name.removesuffix(".md") + CHINESE)


def english_pages() -> list[Path]:
    return [page for page in pages() if not page.name.endswith(CHINESE)]


@dataclass(frozen=True)
class Fence:
    """One fenced or indented block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def fences(page: Path) -> Iterator[Fence]:
    """What stands between ``` lines, and blocks indented by four spaces after an empty line."""
    opened, language, kept = 0, "", list[str]()
    indented, began = list[str](), 0
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("```"):
            if opened:
                yield Fence(page, opened, language, "\n".join(kept))
                opened = 0
            else:
                opened, language, kept = number, line[3:].strip(), []
        elif opened:
            kept.append(line)
        elif line.startswith("    ") and (indented or number == 1 or not lines[number - 2].strip()):
            began = began or number
            indented.append(line[4:])
        elif indented and line.strip():
            yield Fence(page, began, "", "\n".join(indented))
            indented, began = [], 0
    if indented:
        yield Fence(page, began, "", "\n".join(indented))


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def in_code(page: Path) -> Iterator[str]:
    """What stands between single back-quotes in the running text."""
    for found in re.finditer(r"(?<!`)`([^`\n]+)`(?!`)", prose(page)):
        yield found[1]


def table_rows(page: Path) -> int:
    return sum(line.lstrip().startswith("|") for line in prose(page).splitlines())


def headings(page: Path) -> list[int]:
    """The levels of the headings, in order."""
    return [len(found[1]) for found in re.finditer(r"^(#+) ", prose(page), re.MULTILINE)]


def anchors(page: Path) -> set[str]:
    """Where links into a page can lead: its headings as GitHub names them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found
