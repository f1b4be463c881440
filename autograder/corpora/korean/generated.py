"""Sentences with links from a grammar: to learn from, and to choose by. None of them is test.

They are right in their relations and poor in everything else. What is to choose by has verbs, nouns
and times that what is to learn from has not; the connectives are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from autograder.corpora.korean import Link, lexicon, parse
from autograder.corpora.korean.lexicon import Verb

T = TypeVar("T")

FIFTH = 5
"""Every fifth entry of a list is kept for choosing."""

FREQUENT = 3
"""How much oftener IS_INCLUDED is drawn than another relation."""


def links(n: int, seed: int, held: bool = False) -> list[Link]:
    """Generated links, no text twice.

    Args:
        n: how many.
        seed: decides which.
        held: whether they are made of the words that are kept for choosing.
    """
    grammar = Grammar(np.random.default_rng(seed), held)
    found: dict[str, Link] = {}
    while len(found) < n:
        link = parse(grammar.line())
        found.setdefault(link.text, link)
    return list(found.values())


def object_mark(noun: str) -> str:
    """A noun with 을 or 를."""
    return noun + ("을" if closed(noun) else "를")


def subject_mark(noun: str) -> str:
    """A noun with 이 or 가."""
    return noun + ("이" if closed(noun) else "가")


def topic_mark(noun: str) -> str:
    """A noun with 은 or 는."""
    return noun + ("은" if closed(noun) else "는")


def means_mark(noun: str) -> str:
    """A noun with 으로 or 로."""
    return noun + ("으로" if closed(noun) and last(noun) != 8 else "로")


def last(word: str) -> int:
    """The number of the consonant in which a syllable ends; 0 if there is none."""
    return (ord(word[-1]) - ord("가")) % 28


def closed(word: str) -> bool:
    """Whether the last syllable ends in a consonant."""
    return bool(last(word))


class Grammar:
    """Draws lines in the form of the written ones.

    Args:
        rng: draws.
        held: whether from the words that are kept for choosing.
    """

    def __init__(self, rng: np.random.Generator, held: bool) -> None:
        self.rng = rng
        self.held = held
        self.rules: dict[str, list[Callable[[], str]]] = {
            "IS_INCLUDED": [self._at_a_date] * 3 + [self._bare] * 2 + [self._found_so],
            "INCLUDES": [self._going_on, self._meanwhile, self._while_doing, self._came_upon],
            "BEFORE": [self._by, self._before_a_date, self._and_then, self._after_which],
            "AFTER": [self._after_a_date, self._first],
            "IBEFORE": [self._as_soon_as, self._upon, self._right_after_it],
            "IAFTER": [self._right_after, self._right_after_noun],
            "BEGUN_BY": [self._since_a_date],
            "ENDED_BY": [self._until, self._broken_off],
            "BEGINS": [self._opens, self._opens_a_period, self._ever_since],
            "ENDS": [self._closes, self._closes_a_period, self._until_it_happens],
            "DURING": [self._for_a_length, self._for_a_bare_length, self._throughout],
            "DURING_INV": [self._throughout_noun, self._all_the_while],
            "SIMULTANEOUS": [self._at_a_moment, self._both, self._at_once, self._side_by_side],
            "IDENTITY": [self._said_again, self._in_other_words],
        }

    def line(self) -> str:
        """A line."""
        names = list(self.rules)
        chances = np.array([FREQUENT if name == "IS_INCLUDED" else 1 for name in names])
        relation = str(self.rng.choice(names, p=chances / chances.sum()))
        signal, _, text = self.one(self.rules[relation])().partition("|")
        return f"{relation} | {signal} | | {text} | generated"

    # What is drawn.

    def one(self, of: Sequence[T]) -> T:
        """One of some things, by lot."""
        return of[int(self.rng.integers(len(of)))]

    def word(self, of: Sequence[T]) -> T:
        """One of a list that is parted into what is learned and what is kept."""
        return self.one([x for k, x in enumerate(of) if (k % FIFTH == FIFTH - 1) == self.held])

    def who(self) -> str:
        """A subject, or nothing."""
        person = self.word(lexicon.PEOPLE)
        if self.rng.random() < 0.15:
            return ""
        if person in ("그", "그녀", "나", "우리") or self.rng.random() < 0.6:
            return f"{topic_mark(person)} "
        return f"{subject_mark(person)} "

    def extra(self) -> str:
        """An adverb, a place, or mostly nothing."""
        draw = self.rng.random()
        if draw < 0.2:
            return f"{self.word(lexicon.ADVERBS)} "
        return f"{self.word(lexicon.PLACES)} " if draw < 0.35 else ""

    def said(self, past: str) -> str:
        """A verb in the past, in one of three styles."""
        return past + str(self.rng.choice(["다", "습니다", "어요"], p=[0.8, 0.1, 0.1]))

    def date(self) -> str:
        """A time that is long: a day, a month, a year, a season."""
        draw = self.rng.random()
        year = self.one([y for y in range(1880, 2024) if (y % FIFTH == 0) == self.held])
        month, day = self.one(range(1, 13)), self.one(range(1, 29))
        if draw < 0.35:
            return f"{year}년"
        if draw < 0.5:
            return f"{year}년 {month}월"
        if draw < 0.6:
            return f"{month}월 {day}일"
        if draw < 0.65:
            return f"{year}년 {month}월 {day}일"
        return self.word(lexicon.PERIODS)

    def clock(self) -> str:
        """A moment of the clock."""
        hours = lexicon.HOURS
        minutes = ["", "", "", " 반", " 십 분", " 이십 분", " 사십오 분"]
        part = self.one(["", "", "오전 ", "오후 ", "아침 ", "밤 "])
        if self.rng.random() < 0.1:
            return self.one(["자정", "정오"])
        return f"{part}{self.one(hours)} 시{self.one(minutes)}"

    def length(self) -> str:
        """A length of time."""
        draw = self.rng.random()
        if draw < 0.25:
            return self.one(["하루", "이틀", "나흘", "열흘", "보름", "한나절", "일주일"])
        if draw < 0.5:
            return f"{self.one(range(2, 40))}{self.one(['년', '개월', '일', '분', '시간'])}"
        number = self.one(["한", "두", "세", "네", "다섯", "여섯", "일곱", "열", "열두", "스무"])
        return f"{number} {self.one(['시간', '달', '해', '주'])}"

    def moment(self) -> Verb:
        """What happens in a moment."""
        return self.word(lexicon.MOMENTS)

    def action(self) -> Verb:
        """What goes on."""
        return self.word(lexicon.ACTIONS)

    def long(self) -> Verb:
        """What goes on, for hours or for years."""
        return self.word(self.one([lexicon.ACTIONS, lexicon.STATES]))

    def does(self, verb: Verb, form: str, mark: str) -> str:
        """A clause without its subject, whose verb in this form is marked."""
        return f"{self.extra()}{verb.before} [{form}]{mark}"

    def then(self, verb: Verb, mark: str = "f") -> str:
        """The last clause of a sentence."""
        return f"{self.does(verb, self.said(verb.past), mark)}."

    def timed(self, signal: str, time: str, verb: Verb, form: str) -> str:
        """A sentence with a time and an event, in one order or the other."""
        who, rest = self.who(), self.does(verb, form, "e")
        order = (f"[{time}]t {who}{rest}", f"{who}[{time}]t {rest}")
        return f"{signal}|{self.one(order)}."

    # The rules, each a signal, a bar and a text.

    def _at_a_date(self) -> str:
        verb = self.word(self.one([lexicon.MOMENTS, lexicon.MOMENTS, lexicon.ACTIONS]))
        return self.timed("에", f"{self.date()}에", verb, self.said(verb.past))

    def _bare(self) -> str:
        verb = self.word(self.one([lexicon.MOMENTS, lexicon.ACTIONS]))
        time = self.one([self.word(lexicon.DAYS), self.date()])
        return self.timed("-", time, verb, self.said(verb.past))

    def _found_so(self) -> str:
        verb, other = self.moment(), self.action()
        signal = self.one(["자", "때"])
        form = f"{verb.stem}자" if signal == "자" else f"{verb.past}을"
        tail = "" if signal == "자" else " 때"
        last = self.said(f"{other.stem}고 있었")
        return (
            f"{signal}|{self.who()}{self.does(verb, form, 'e')}{tail} {self.who()}"
            f"{self.does(other, last, 'f')}."
        )

    def _going_on(self) -> str:
        verb = self.long()
        time = self.one([f"{self.clock()}에", f"{self.date()}에"])
        return self.timed("에", time, verb, self.said(f"{verb.stem}고 있었"))

    def _meanwhile(self) -> str:
        verb = self.action()
        other = self.word(self.one([lexicon.MOMENTS, lexicon.CHANCES]))
        first = self.does(verb, verb.doing, "e")
        return f"동안|{self.who()}{first} 동안 {self.who()}{self.then(other)}"

    def _while_doing(self) -> str:
        verb, other = self.action(), self.word(lexicon.CHANCES)
        return f"면서|{self.who()}{self.does(verb, verb.during, 'e')} {self.then(other)}"

    def _came_upon(self) -> str:
        verb, other = self.action(), self.word(lexicon.CHANCES)
        return f"다가|{self.who()}{self.does(verb, f'{verb.stem}다가', 'e')} {self.then(other)}"

    def _by(self) -> str:
        verb = self.moment()
        form = self.one([self.said(verb.past), f"{verb.stem}기로 했다", f"{verb.will} 것이다"])
        return self.timed("까지", f"{self.date()}까지", verb, form)

    def _before_a_date(self) -> str:
        verb = self.word(self.one([lexicon.MOMENTS, lexicon.ACTIONS]))
        return self.timed("이전", f"{self.date()} 이전에", verb, self.said(verb.past))

    def _and_then(self) -> str:
        verb, other = self.moment(), self.moment()
        return f"고|{self.who()}{self.does(verb, f'{verb.stem}고', 'e')} {self.then(other)}"

    def _after_which(self) -> str:
        other = self.word(self.one([lexicon.MOMENTS, lexicon.ACTIONS]))
        verb, tail = self.moment(), self.one(["후", "후에"])
        noun = self.word(self.one([lexicon.HELD, lexicon.STRUCK]))
        first = self.one([self.does(verb, verb.done, "e"), f"[{noun}]e"])
        return f"후|{self.who()}{first} {tail} {self.then(other)}"

    def _after_a_date(self) -> str:
        verb = self.word(self.one([lexicon.MOMENTS, lexicon.ACTIONS]))
        time = f"{self.date()} {self.one(['이후', '이후에'])}"
        return self.timed("이후", time, verb, self.said(verb.past))

    def _first(self) -> str:
        verb = self.word(self.one([lexicon.MOMENTS, lexicon.ACTIONS]))
        other = self.moment()
        noun = self.word(self.one([lexicon.HELD, lexicon.STRUCK]))
        signal, first = self.one(
            [("기 전", self.does(verb, f"{verb.stem}기", "e")), ("전", f"[{noun}]e")]
        )
        return f"{signal}|{self.who()}{first} 전에 {self.then(other)}"

    def _as_soon_as(self) -> str:
        verb, other = self.moment(), self.moment()
        first = self.does(verb, f"{verb.stem}자마자", "e")
        return f"자마자|{self.who()}{first} {self.one(['', self.who()])}{self.then(other)}"

    def _upon(self) -> str:
        verb, other = self.moment(), self.moment()
        return (
            f"자|{self.who()}{self.does(verb, f'{verb.stem}자', 'e')} {self.who()}"
            f"{self.then(other)}"
        )

    def _right_after_it(self) -> str:
        noun = self.word(self.one([lexicon.HELD, lexicon.STRUCK]))
        return (
            f"직후|[{noun}]e {self.one(['직후', '직후에'])} {self.who()}{self.then(self.moment())}"
        )

    def _right_after(self) -> str:
        verb = self.moment()
        return self.timed("직후", f"{self.clock()} 직후에", verb, self.said(verb.past))

    def _right_after_noun(self) -> str:
        noun, other = self.word(lexicon.STRUCK), self.word(lexicon.HELD)
        tail = self.one(["이루어졌다", "있었다", "알려졌다"])
        return f"직후|[{topic_mark(noun)}]e [{other}]f 직후에 {tail}."

    def _since_a_date(self) -> str:
        verb = self.long()
        form = self.one([self.said(verb.past), f"{verb.stem}고 있다"])
        time = self.one([self.date(), self.date(), self.clock()])
        return self.timed("부터", f"{time}부터", verb, form)

    def _until(self) -> str:
        verb = self.long()
        time = self.one([self.date(), self.date(), self.clock()])
        return self.timed("까지", f"{time}까지", verb, self.said(verb.past))

    def _broken_off(self) -> str:
        verb = self.long()
        first = self.does(verb, f"{verb.stem}다가", "e")
        last = f"[{self.said(self.word(lexicon.BREAKS))}]f"
        return f"다가|{self.who()}{first} {self.extra()}{last}."

    def _opens(self) -> str:
        noun, other = self.word(lexicon.OPENINGS), self.word(lexicon.HELD)
        start = self.one([f"[{means_mark(noun)}]e", f"[{object_mark(noun)}]e 시작으로"])
        return f"시작|{start} [{subject_mark(other)}]f {self.one(['시작됐다', '시작되었다'])}."

    def _opens_a_period(self) -> str:
        noun, time = self.word(lexicon.OPENINGS), self.word(lexicon.PERIODS)
        return f"시작|[{topic_mark(time)}]t {self.extra()}[{means_mark(noun)}]e 시작됐다."

    def _ever_since(self) -> str:
        verb, other = self.moment(), self.long()
        last = self.one([self.said(other.past), f"{other.stem}고 있다"])
        first = self.does(verb, f"{verb.stem}고부터", "e")
        return f"부터|{self.who()}{first} {self.does(other, last, 'f')}."

    def _closes(self) -> str:
        noun, other = self.word(lexicon.OPENINGS), self.word(lexicon.HELD)
        start = self.one([f"[{means_mark(noun)}]e", f"[{object_mark(noun)}]e 끝으로"])
        return f"끝|{start} [{subject_mark(other)}]f {self.one(['끝났다', '모두 끝났다'])}."

    def _closes_a_period(self) -> str:
        noun, time = self.word(lexicon.OPENINGS), self.word(lexicon.PERIODS)
        return f"끝|{self.extra()}[{means_mark(noun)}]e [{subject_mark(time)}]t 끝났다."

    def _until_it_happens(self) -> str:
        verb, other = self.moment(), self.long()
        first = self.does(verb, verb.will, "e")
        return f"때까지|{self.who()}{first} 때까지 {self.who()}{self.then(other)}"

    def _for_a_length(self) -> str:
        verb = self.long()
        return self.timed("동안", f"{self.length()} 동안", verb, self.said(verb.past))

    def _for_a_bare_length(self) -> str:
        verb = self.action()
        return self.timed("-", f"{self.length()}", verb, self.said(verb.past))

    def _throughout(self) -> str:
        verb = self.long()
        time = f"{self.word(lexicon.PERIODS)} 내내"
        return self.timed("내내", time, verb, self.said(verb.past))

    def _throughout_noun(self) -> str:
        verb = self.action()
        noun = self.word(lexicon.HELD)
        last = self.one([self.said(verb.past), self.said(f"{verb.stem}고 있었")])
        return f"내내|[{noun}]e 내내 {self.who()}{self.does(verb, last, 'f')}."

    def _all_the_while(self) -> str:
        verb, other = self.action(), self.action()
        first = self.does(verb, verb.doing, "e")
        return f"동안 내내|{self.who()}{first} 동안 내내 {self.who()}{self.then(other)}"

    def _at_a_moment(self) -> str:
        verb = self.moment()
        time = f"{self.clock()}{self.one(['', '', ' 정각'])}에"
        return self.timed("에", time, verb, self.said(verb.past))

    def _both(self) -> str:
        verb, other = self.action(), self.action()
        last = self.one([self.said(other.past), self.said(f"{other.stem}고 있었")])
        return (
            f"면서|{self.who()}{self.does(verb, verb.during, 'e')} {self.does(other, last, 'f')}."
        )

    def _at_once(self) -> str:
        verb, other = self.action(), self.action()
        first = self.does(verb, verb.doing, "e")
        return f"동안|{self.who()}{first} 동안 {self.who()}{self.then(other)}"

    def _side_by_side(self) -> str:
        verb, other = self.action(), self.action()
        first = self.does(verb, f"{verb.stem}고 있었고", "e")
        last = self.said(f"{other.stem}고 있었")
        return f"고|{self.who()}{first} {self.who()}{self.does(other, last, 'f')}."

    def _said_again(self) -> str:
        before, verb, noun = self.word(lexicon.TWICE)
        signal = self.one(["이", "그"])
        tail = self.one(
            [f"[{topic_mark(noun)}]f 오래 기억됐다", f"[{means_mark(noun)}]f 많은 것이 달라졌다"]
        )
        lead = self.one(["", f"{self.date()}에 "])
        return f"{signal}|{lead}{before} [{self.said(verb)}]e. {signal} {tail}."

    def _in_other_words(self) -> str:
        before, verb, noun = self.word(lexicon.TWICE)
        lead = self.one(["그", "이", "뜻밖의", "유명한"])
        tail = self.one(["모두를 놀라게 했다", "예상되지 않았다", "널리 알려졌다"])
        return f"곧|{lead} [{noun}]e, 곧 {before} [{verb}던]f 일은 {tail}."
