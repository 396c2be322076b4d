"""Where a suspicion leads: to shared things, siblings and ourselves at once, never to the whole estate."""

from __future__ import annotations

from datetime import timedelta

from checks.attention import BEHIND, FIRST, OURSELVES, SECOND, Noticed, ourselves, soon, urgent
from checks.estate import Estate, build
from checks.model import SELF, Client, LookKind, Redirect
from tests.builders import client, redirect


def estate(count: int) -> Estate:
    clients = [
        Client(name=f"c{n}", domain=f"c{n}.test", redirect="r1", address=f"http://10.0.{n // 250}.{n % 250}")
        for n in range(count)
    ]
    return build(clients, [Redirect(name="r1", address="10.1.1.1")])


def test_a_failing_redirect_server_asks_everybody_behind_it() -> None:
    keys = urgent(Noticed(doubts={redirect(): 1}), estate(40))

    assert {subject.name for subject, kind in keys if kind is LookKind.INSTALLATION} == {f"c{n}" for n in range(40)}
    assert OURSELVES in keys


def test_of_thousands_only_some_are_asked_at_once() -> None:
    keys = urgent(Noticed(doubts={redirect(): 1}), estate(5000))
    asked = {subject.name for subject, _ in keys if subject != SELF}

    assert len(asked) == BEHIND
    assert {int(name[1:]) // 1000 for name in asked} == {0, 1, 2, 3, 4}


def test_a_second_failure_asks_nobody_else() -> None:
    assert urgent(Noticed(doubts={client("c1"): 2}), estate(40)) == frozenset()


def test_a_client_leads_to_its_server_and_five_siblings() -> None:
    keys = urgent(Noticed(doubts={client("c1"): 1}), estate(40))

    assert (redirect(), LookKind.REDIRECT) in keys
    assert len({subject for subject, _ in keys} - {redirect(), SELF}) == 5


def test_a_doubt_is_confirmed_soon_and_a_recovery_too() -> None:
    assert soon(client(), Noticed(doubts={client(): 1})) == FIRST
    assert soon(client(), Noticed(doubts={client(): 2})) == SECOND
    assert soon(client(), Noticed(recovering=frozenset({client()}))) == FIRST
    assert soon(client(), Noticed()) is None
    assert timedelta(0) < FIRST < SECOND


def test_witnesses_are_the_reference_hosts_or_every_server_and_some_addresses() -> None:
    assert ourselves(estate(40), ("a.test", "b.test")).sample == (("a.test", None), ("b.test", None))
    assert ourselves(estate(40), ()).sample[-1] == ("10.1.1.1", None)
    assert len(ourselves(estate(5000), ()).sample) == 51
    assert ourselves(estate(40), ("a.test",)).sample[::41] == (("a.test", None), ("10.1.1.1", None))
