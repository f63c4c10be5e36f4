"""News reaches every open page of a reflection, and none of another."""

from __future__ import annotations

from bot.conversation.news import MOST_WAITING, News


def test_everybody_who_listens_is_told_and_nobody_else() -> None:
    news = News()
    with news.listen("one") as first, news.listen("one") as second, news.listen("two") as other:
        news.tell("one", {"type": "turn"})
    assert first.get_nowait() == second.get_nowait() == {"type": "turn"}
    assert other.empty()


def test_a_page_that_left_is_told_nothing() -> None:
    news = News()
    with news.listen("one") as left:
        pass
    news.tell("one", {"type": "turn"})
    assert left.empty()


def test_a_page_that_does_not_keep_up_holds_no_more_than_its_bound() -> None:
    news = News()
    with news.listen("one") as slow, news.listen("one") as quick:
        for number in range(MOST_WAITING + 20):
            news.tell("one", {"number": number})
            assert quick.get_nowait() == {"number": number}
        assert slow.qsize() == MOST_WAITING


def test_a_page_that_missed_something_is_known_to_be_behind_and_is_forgotten() -> None:
    news = News()
    with news.listen("one") as slow:
        for number in range(MOST_WAITING):
            news.tell("one", {"number": number})
        assert not slow.is_behind
        news.tell("one", {"number": MOST_WAITING})
        assert slow.is_behind
        assert not news._listeners
    assert not news._listeners
