"""What a reader feels: nothing read is scrolled away, dangers interrupt, keys go anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import Reader, cells, danger, line

from edgeassist.braille import translate
from edgeassist.braille.display_session import Frame, Session
from edgeassist.devices.braille_display import Key
from edgeassist.loop.clock import NS
from edgeassist.loop.events import BrailleLine


@pytest.fixture
def reader():
    """Ten cells, at a pace of five a second: a full window is read in two seconds."""
    return Reader(Session(10, history=5, hold_s=4.0, cells_per_s=5.0))


def test_the_first_caption_is_there_at_once(reader):
    assert reader.after() == ""
    reader.session.show(line("abc"))
    assert reader.after() == cells("abc")


def test_a_new_caption_does_not_scroll_away_what_is_just_being_read(reader):
    reader.session.show(line("abcdefghij"))
    reader.after()
    reader.session.show(line("bbb"))
    assert reader.after(1.9) == cells("abcdefghij")
    assert reader.after(0.2) == cells("bbb")


def test_who_takes_up_reading_with_a_key_is_left_alone_for_as_long_as_it_takes(reader):
    for text in ("aaa", "bbb", "ccc"):
        reader.session.show(line(text))
    reader.after()
    reader.session.key(Key.LINE_ON)
    assert reader.after() == cells("bbb")
    reader.session.show(line("ddd"))
    assert reader.after(3600) == cells("bbb")


def test_who_presses_nothing_is_led_through_every_line_window_by_window(reader):
    reader.session.show(line("aaaaaa bbbbbb cccccc"))
    reader.session.show(line("ddd"))
    felt = [reader.after()]
    for _ in range(100):
        now = reader.after(0.1)
        if now != felt[-1]:
            felt.append(now)
    assert felt == [cells(text) for text in ("aaaaaa", "bbbbbb", "cccccc", "ddd")]


def test_who_has_read_to_the_end_gets_the_next_caption_at_once(reader):
    reader.session.show(line("aaa"))
    reader.after()
    reader.after(60)
    reader.session.show(line("bbb"))
    assert reader.after() == cells("bbb")


def test_panning_on_beyond_the_newest_line_follows_again(reader):
    reader.session.show(line("aaa"))
    reader.session.show(line("bbb"))
    reader.after()
    reader.session.key(Key.PAN_RIGHT)
    assert not reader.session.following
    reader.session.key(Key.PAN_RIGHT)
    assert reader.session.following
    reader.session.show(line("ccc"))
    assert reader.after(2.1) == cells("bbb")
    assert reader.after(2.1) == cells("ccc")


def test_the_live_key_leads_to_the_newest_line_and_follows_from_there(reader):
    for text in ("aaa", "bbb", "ccc"):
        reader.session.show(line(text))
    reader.after()
    reader.session.key(Key.LIVE)
    assert reader.after() == cells("ccc")
    reader.session.show(line("ddd"))
    assert reader.after(2.1) == cells("ddd")


def test_where_only_keys_move_on_nothing_moves_by_itself():
    reader = Reader(Session(4, cells_per_s=0))
    reader.session.show(line("aaaa bbb"))
    assert reader.after(3600) == cells("aaaa")
    assert reader.session.due_ns() is None
    reader.session.key(Key.PAN_RIGHT)
    assert reader.after() == cells("bbb")


def test_keys_lead_to_the_ends_of_the_line_and_of_the_history(reader):
    for text in ("aaaaaa bbbbbb cccccc", "ddd", "eee"):
        reader.session.show(line(text))
    felt = []
    for key in (Key.LINE_END, Key.LINE_START, Key.LINE_ON, Key.LINE_BACK, Key.LIVE, Key.FIRST):
        reader.session.key(key)
        felt.append(reader.after())
    assert felt == [cells(x) for x in ("cccccc", "aaaaaa", "ddd", "aaaaaa", "eee", "aaaaaa")]


def test_panning_back_from_the_start_of_a_line_leads_to_the_end_of_the_one_before(reader):
    reader.session.show(line("aaaaaa bbbbbb"))
    reader.session.show(line("ccc"))
    reader.session.key(Key.LINE_ON)
    reader.session.key(Key.PAN_LEFT)
    assert reader.after() == cells("bbbbbb")


def test_a_danger_interrupts_at_once_and_what_was_read_comes_back_by_itself(reader):
    reader.session.show(line("aaaaaa bbbbbb"))
    reader.session.key(Key.PAN_RIGHT)
    reader.after()
    reader.session.show(danger("ijij"))
    assert reader.after() == cells("ijij")
    assert reader.after(3.9) == cells("ijij")
    assert reader.after(0.2) == cells("bbbbbb")


@pytest.mark.parametrize("key", Key)
def test_any_key_takes_a_danger_away_and_does_nothing_else(reader, key):
    reader.session.show(line("aaaaaa bbbbbb"))
    reader.session.key(Key.PAN_RIGHT)
    reader.session.show(danger("ijij"))
    reader.after()
    reader.session.key(key)
    assert reader.after() == cells("bbbbbb")


def test_a_key_pressed_before_a_danger_can_be_felt_moves_the_line_below_it(reader):
    reader.session.show(line("aaaaaa bbbbbb"))
    reader.after()
    reader.session.show(danger("ijij"))
    reader.session.key(Key.PAN_RIGHT, reader.now_ns)
    assert reader.after() == cells("ijij")
    reader.session.key(Key.LINE_START, reader.now_ns + NS // 4)
    reader.session.key(Key.PAN_RIGHT, reader.now_ns + NS // 4)
    assert reader.after(0.5) == cells("ijij")
    reader.session.key(Key.PAN_LEFT, reader.now_ns)
    assert reader.after() == cells("bbbbbb")


def test_a_danger_longer_than_the_display_can_be_panned_before_it_goes(reader):
    reader.session.show(line("aaa"))
    reader.session.show(danger("iiiiii jjjjjj gggggg"))
    reader.after()
    reader.after(1)
    reader.session.key(Key.PAN_RIGHT, reader.now_ns)
    assert reader.after(3.9) == cells("jjjjjj"), "with a hold time of its own"
    reader.session.key(Key.PAN_LEFT, reader.now_ns)
    reader.session.key(Key.PAN_RIGHT, reader.now_ns)
    reader.session.key(Key.PAN_RIGHT, reader.now_ns)
    assert reader.after() == cells("gggggg")
    reader.session.key(Key.PAN_RIGHT, reader.now_ns)
    assert reader.after() == cells("aaa")


def test_a_newer_danger_takes_the_place_of_the_one_before(reader):
    reader.session.show(danger("iii"))
    reader.after(3)
    reader.session.show(danger("jjj"))
    assert reader.after() == cells("jjj")
    assert reader.after(3.9) == cells("jjj")


def test_a_caption_that_comes_during_a_danger_waits_for_its_end(reader):
    reader.session.show(danger("iii"))
    reader.after()
    reader.session.show(line("aaa"))
    assert reader.after(1) == cells("iii")
    assert reader.after(3.1) == cells("aaa")


def test_a_danger_that_is_over_can_be_read_again_but_is_not_shown_again(reader):
    reader.session.show(line("aaa"))
    reader.after()
    reader.session.show(danger("iii"))
    reader.after()
    reader.after(5)
    reader.session.show(line("bbb"))
    assert reader.after(2.1) == cells("bbb")
    reader.session.key(Key.LINE_BACK)
    assert reader.after() == cells("iii")


def test_with_nothing_read_before_a_danger_leaves_the_display_empty(reader):
    reader.session.show(danger("iii"))
    reader.after()
    assert reader.after(4.1) == ""
    reader.session.key(Key.PAN_LEFT)
    assert reader.after() == cells("iii")


def test_a_danger_that_came_while_there_was_no_display_is_not_shown_late(reader):
    reader.session.show(line("aaa"))
    reader.session.show(danger("iii"))
    reader.session.expire(0)
    assert reader.after(60) == cells("aaa")


def test_an_unfinished_caption_grows_under_the_fingers(reader):
    reader.session.show(line("abc", final=False))
    assert reader.after() == cells("abc")
    reader.session.show(line("abc de", final=False))
    assert reader.after() == cells("abc de")
    reader.session.show(danger("iii"))
    reader.session.show(line("abc def"))
    assert [entry.text for entry in reader.session.lines] == ["abc def", "iii"]
    reader.session.show(line("j"))
    assert len(reader.session.lines) == 3


def test_an_unfinished_caption_that_shrinks_stays_on_the_display(reader):
    reader.session.show(line("aaaaaa bbbbbb", final=False))
    reader.session.key(Key.PAN_RIGHT)
    reader.session.show(line("aaaa"))
    assert reader.after() == cells("aaaa")


def test_the_line_being_read_stays_even_where_the_history_has_lost_it(reader):
    reader.session.show(line("aaa"))
    reader.after()
    reader.session.key(Key.LINE_START)
    for text in "bcdefgh":
        reader.session.show(line(text))
    assert reader.after() == cells("aaa")
    assert [entry.text for entry in reader.session.lines] == list("defgh")
    assert reader.session.unread == 2
    reader.session.key(Key.LINE_ON)
    assert reader.after() == cells("d")


def test_a_routing_key_names_the_character_below_it():
    session = Session(40)
    found = translate("我在北京。")
    text = BrailleLine(captured_ns=0, text="我在北京。", cells=found.cells, source=found.source)
    session.show(text)
    assert session.route(found.cells.index(translate("北").cells[0])) == (text, 2)


def test_a_routing_key_counts_from_the_window_and_leaves_the_cursor_there(reader):
    reader.session.show(line("aaaaaa bcdefg"))
    reader.session.key(Key.PAN_RIGHT)
    found = reader.session.route(2)
    assert found is not None
    assert found[0].text[found[1]] == "d"
    assert reader.session.tick(0).cursor == 2
    reader.session.key(Key.PAN_LEFT)
    assert reader.session.tick(0).cursor is None


@pytest.mark.parametrize("cell", [-1, 3, 9, 10, 500])
def test_a_routing_key_above_no_character_names_none(reader, cell):
    assert reader.session.route(0) is None
    reader.session.show(line("abc"))
    assert reader.session.route(cell) is None


def test_dots_7_and_8_of_the_last_cell_say_that_panning_right_leads_on(reader):
    reader.session.show(line("aaaaaa bbbbbb"))
    assert reader.session.tick(0).dots() == bytes([1] * 6 + [0] * 3 + [0xC0])
    reader.session.key(Key.PAN_RIGHT)
    assert reader.session.tick(0).dots() == bytes([3] * 6 + [0] * 4)
    reader.session.show(line("c"))
    assert reader.session.tick(0).more


def test_every_cell_is_sent_in_the_order_of_its_dots():
    assert Frame("".join(chr(0x2800 + bits) for bits in range(64))).dots() == bytes(range(64))


def test_another_display_shows_the_same_place(reader):
    reader.session.show(line("aaaa bbbb cccc dddd"))
    reader.session.key(Key.PAN_RIGHT)
    assert reader.after() == cells("cccc dddd")
    reader.session.resize(5)
    assert reader.after() == cells("cccc")
    reader.session.resize(40)
    assert reader.after() == cells("aaaa bbbb cccc dddd")


def test_a_line_without_dots_is_left_out(reader):
    reader.session.show(line("  "))
    reader.session.show(line(""))
    assert reader.session.lines == ()


TEXTS = st.text("abcdefghij ", max_size=60)
LINES = st.builds(line, TEXTS, final=st.booleans(), urgent=st.booleans())
CAPTIONS = st.builds(line, TEXTS.filter(lambda text: text.strip()))
DEEDS = st.one_of(LINES, st.sampled_from(Key), st.integers(0, 20), st.floats(0, 30))


def do(reader, deed):
    if isinstance(deed, BrailleLine):
        reader.session.show(deed)
    elif isinstance(deed, Key):
        reader.session.key(deed)
    elif isinstance(deed, int):
        reader.session.route(deed)
    else:
        reader.after(deed)


@given(st.lists(DEEDS, max_size=60), st.integers(1, 20), st.integers(1, 4))
def test_whatever_happens_the_frame_fits_and_a_danger_is_always_on_it(deeds, width, history):
    reader = Reader(Session(width, history=history))
    for deed in deeds:
        do(reader, deed)
        frame = reader.session.tick(reader.now_ns)
        assert len(frame.cells) == width
        assert len(reader.session.lines) <= history
        assert frame.cursor is None or 0 <= frame.cursor < width
        due_ns = reader.session.due_ns()
        assert due_ns is None or due_ns > reader.now_ns, "it has nothing to do at once again"
        if isinstance(deed, BrailleLine) and deed.urgent and deed.text.strip():
            first = deed.cells[:width].rstrip("⠀")
            assert first.startswith(frame.cells.rstrip("⠀"))


@given(st.lists(CAPTIONS, min_size=1, max_size=6), st.integers(1, 20), st.integers(0, 60))
def test_panning_right_and_as_often_left_comes_back(captions, width, times):
    session = Session(width, cells_per_s=0)
    for caption in captions:
        session.show(caption)
    felt = [session.tick(0)]
    while len(felt) <= times and felt[-1].more:
        session.key(Key.PAN_RIGHT)
        felt.append(session.tick(0))
    for frame in reversed(felt[:-1]):
        session.key(Key.PAN_LEFT)
        assert session.tick(0) == frame


@given(st.lists(CAPTIONS, min_size=1, max_size=6), st.integers(1, 20))
def test_panning_right_shows_every_dot_of_every_line(captions, width):
    session = Session(width, cells_per_s=0)
    for caption in captions:
        session.show(caption)
    felt = session.tick(0).cells
    while session.tick(0).more:
        session.key(Key.PAN_RIGHT)
        felt += session.tick(0).cells
    assert felt.replace("⠀", "") == "".join(c.cells for c in captions).replace("⠀", "")


@given(st.lists(DEEDS, max_size=30), CAPTIONS, st.floats(0, 3600))
def test_no_caption_ever_takes_away_what_a_reader_reads(deeds, caption, seconds):
    reader = Reader(Session(8, history=5))
    for deed in deeds:
        do(reader, deed)
    reader.session.show(line("j"))  # whatever was unfinished ends
    reader.after()
    reader.after(60)
    reader.session.key(Key.LINE_START)
    before = reader.after()
    for _ in range(10):
        reader.session.show(caption)
        assert reader.after(seconds) == before
    assert reader.session.due_ns() is None


@given(st.lists(CAPTIONS, min_size=1, max_size=5), st.integers(1, 20))
def test_who_follows_gets_every_dot_of_every_line(captions, width):
    session = Session(width)
    for caption in captions:
        session.show(caption)
    now_ns, felt = 0, session.tick(0).cells
    while (due_ns := session.due_ns()) is not None:
        now_ns = due_ns
        felt += session.tick(now_ns).cells
        assert now_ns < 3600 * NS
    assert felt.replace("⠀", "") == "".join(c.cells for c in captions).replace("⠀", "")
