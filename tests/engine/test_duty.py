"""Nobody goes off duty before somebody else has come."""

from hypothesis import given, settings, strategies as st

from custom_components.duress.engine.duty import Duty, Post, confirm, follow, set_by_hand

STAFF = {"ann": Post(), "bob": Post()}
ANN_ONLY = {"ann": True, "bob": False}
BOB_ONLY = {"ann": False, "bob": True}
NOBODY = {"ann": False, "bob": False}


def on(duties: dict[str, Duty] | object) -> set[str]:
    assert isinstance(duties, dict)
    return {responder for responder, duty in duties.items() if duty.is_on}


def test_who_has_no_plan_is_always_on_duty() -> None:
    assert on(follow({}, {}, STAFF)) == {"ann", "bob"}


def test_h32_whoever_was_on_duty_stays_until_the_next_has_confirmed() -> None:
    day = follow({}, ANN_ONLY, STAFF)
    assert on(day) == {"ann"}
    night = follow(day, BOB_ONLY, STAFF)
    assert on(night) == {"ann", "bob"}
    assert not night["bob"].confirmed
    assert on(confirm(night, "bob", STAFF)) == {"bob"}


def test_h32_a_manager_who_is_always_there_does_not_relieve_before_the_next_has_confirmed() -> None:
    posts = {**STAFF, "cas": Post(stands_for=frozenset({"manager"}))}
    night = follow(follow({}, ANN_ONLY, posts), BOB_ONLY, posts)
    assert on(night) == {"ann", "bob", "cas"}
    assert on(confirm(night, "bob", posts)) == {"bob", "cas"}


def test_h12_the_last_person_stays_on_duty_whatever_the_plan_says() -> None:
    assert on(follow(follow({}, ANN_ONLY, STAFF), NOBODY, STAFF)) == {"ann"}
    by_hand = set_by_hand(follow({}, ANN_ONLY, STAFF), "ann", STAFF, on=False)
    assert on(by_hand) == {"ann"}


def test_who_is_held_may_go_by_hand_once_somebody_is_there() -> None:
    posts = {**STAFF, "cas": Post()}
    held = follow(follow({}, {**ANN_ONLY, "cas": True}, posts), {**BOB_ONLY, "cas": True}, posts)
    assert on(held) == {"ann", "bob", "cas"}
    assert on(set_by_hand(held, "ann", posts, on=False)) == {"bob", "cas"}


def test_who_stands_for_something_is_relieved_only_by_somebody_who_stands_for_it_too() -> None:
    night = Post(stands_for=frozenset({"night"}))
    posts = {"ann": night, "bob": Post(), "cas": night}
    off = follow(follow({}, {}, posts), {"ann": False, "cas": False}, posts)
    assert on(off) == {"ann", "bob", "cas"}
    assert on(follow(off, {"ann": True, "cas": False}, posts)) == {"ann", "bob"}


def test_a_word_by_hand_counts_until_the_plan_changes() -> None:
    both = follow({}, {}, STAFF)
    off = set_by_hand(both, "ann", STAFF, on=False)
    assert on(follow(off, {}, STAFF)) == {"bob"}
    assert on(follow(off, {"ann": False}, STAFF)) == {"bob"}
    assert on(follow(follow(off, {"ann": False}, STAFF), {"ann": True}, STAFF)) == {"ann", "bob"}
    assert on(set_by_hand(off, "ann", STAFF, on=True)) == {"ann", "bob"}


def test_who_cannot_be_rung_need_not_confirm_and_who_cannot_answer_relieves_nobody() -> None:
    posts = {"ann": Post(), "siren": Post(rings=False, can_answer=False)}
    off = follow(follow({}, {"ann": True, "siren": False}, posts), {"ann": False, "siren": True}, posts)
    assert off["siren"].confirmed
    assert on(off) == {"ann", "siren"}


def test_who_never_tapped_relieves_nobody_though_the_plan_went_off_and_on_again() -> None:
    night = follow(follow({}, ANN_ONLY, STAFF), BOB_ONLY, STAFF)
    again = follow(follow(night, NOBODY, STAFF), BOB_ONLY, STAFF)
    assert not again["bob"].confirmed
    assert on(again) == {"ann", "bob"}


def test_who_stands_for_more_is_not_relieved_while_somebody_who_comes_has_not_tapped() -> None:
    in_charge = Post(stands_for=frozenset({"managers"}))
    posts = {"ann": in_charge, "bob": Post(), "cas": in_charge}
    day = follow({}, {"bob": False}, posts)
    night = follow(day, {"ann": False, "bob": True}, posts)
    assert on(night) == {"ann", "bob", "cas"}
    assert on(confirm(night, "bob", posts)) == {"bob", "cas"}


SAYS = st.dictionaries(st.sampled_from("abc"), st.booleans())
TURNS = st.tuples(st.sampled_from(["plan", "on", "off", "confirm"]), st.sampled_from("abc"), SAYS)


@settings(max_examples=300, deadline=None)
@given(st.lists(TURNS, max_size=25), st.dictionaries(st.sampled_from("abc"), st.booleans()))
def test_h12_somebody_who_can_answer_is_on_duty_at_any_moment(
    turns: list[tuple[str, str, dict[str, bool]]], managers: dict[str, bool]
) -> None:
    posts = {r: Post(stands_for=frozenset({"manager"}) if managers.get(r) else frozenset()) for r in "abc"}
    duties = follow({}, {}, posts)
    tapped = set("abc")
    for what, who, says in turns:
        before = duties
        if what == "confirm":
            tapped.add(who)
        if what == "plan":
            duties = follow(duties, says, posts)
        elif what == "confirm":
            duties = confirm(duties, who, posts)
        else:
            duties = set_by_hand(duties, who, posts, on=what == "on")
        assert on(duties)
        left = on(before) - on(duties)
        tapped -= {r for r in "abc" if not duties[r].is_on}
        begun = {r for r in "abc" if duties[r].wanted and not before[r].wanted and not before[r].held}
        tapped -= begun
        assert not left or any(duties[r].relieves for r in tapped), "whoever leaves is relieved by somebody who said so"
        for stands in {posts[r].stands_for for r in "abc"}:
            able = [r for r in "abc" if stands <= posts[r].stands_for]
            assert on(duties).intersection(able), "nobody is left who stands for this"
