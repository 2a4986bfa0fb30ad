"""The login form's allowances by address, as Java computes them: spent, back, forgotten. docs/security.md row 53."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import ROOT

SOURCE = ROOT / "keycloak-extension/src/main/java/ua/aikom/access/keycloak/login/GuessLimits.java"
TRIED = """
package ua.aikom.access.keycloak.login;

public class Tried {
    static GuessLimits limits = GuessLimits.ofPasswords();

    static int taken(String address, String name, int tries, long now) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limits.take("r " + GuessLimits.network(address), name, now) ? 1 : 0;
        }
        return taken;
    }

    static long codesOfADay(int addresses, long now) {
        GuessLimits codes = GuessLimits.ofCodes();
        long taken = 0;
        for (long at = 0; at < 24 * 60; at++) {
            for (int i = 0; i < 3 * addresses; i++) {
                taken += codes.take("person", "a" + i % addresses, now + at * 60_000) ? 1 : 0;
            }
        }
        return taken;
    }

    static void say(String what, Object value) {
        System.out.println(what + "=" + value);
    }

    public static void main(String[] arguments) {
        long now = 1_000_000_000L, minute = 60_000;
        say("at once", taken("a", "x", 9, now));
        say("in other letters", taken("a", "X", 9, now));
        say("from elsewhere", taken("b", "x", 9, now));
        say("in another realm", limits.take("s a", "x", now));
        say("after 3 minutes", taken("a", "x", 9, now + 3 * minute));
        say("after 4 minutes", taken("a", "x", 9, now + 4 * minute));
        say("after an hour", taken("a", "x", 9, now + 64 * minute));
        long day = 0;
        for (long at = 0; at < 24 * 60; at++) {
            day += taken("day", "x", 3, now + at * minute);
        }
        say("in a day", day);
        for (int i = 0; i < 20; i++) {
            limits.take("r own", "me", now);
            limits.giveBack("r own", "me");
        }
        say("own", taken("own", "me", 9, now));
        int names = 0;
        for (int i = 0; i < 100; i++) {
            names += taken("many", "n" + i, 1, now);
        }
        say("names", names);
        say("one network", taken("2001:db8:0:1::1", "y", 9, now) + taken("2001:0db8:0:01:ffff::2%eth0", "y", 9, now));
        say("another network", taken("2001:db8:0:2::1", "y", 9, now));
        say("short", GuessLimits.network("::1").equals(GuessLimits.network("0:0:0:0:0:0:0:1")));
        say("tail", GuessLimits.network("::2:3:4:5:6:7").equals(GuessLimits.network("0:0:2:3:4:5:6:7")));
        say("mapped", GuessLimits.network("::ffff:10.0.0.1"));
        say("codes of one address", codesOfADay(1, now));
        say("codes of a thousand", codesOfADay(1000, now));
        Runtime java = Runtime.getRuntime();
        for (int i = 0; i < 1_000_000; i++) {
            limits.take("r 10." + i, "n".repeat(200) + i, now);
        }
        java.gc();
        say("megabytes", (java.totalMemory() - java.freeMemory()) >> 20);
    }
}
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a program beside the class prints."""
    folder = tmp_path_factory.mktemp("java")
    program = folder / "Tried.java"
    program.write_text(TRIED, encoding="utf-8")
    _java("javac", "-d", str(folder), str(SOURCE), str(program), folder=folder)
    lines = _java("java", "-cp", str(folder), "ua.aikom.access.keycloak.login.Tried", folder=folder).splitlines()
    return dict(line.split("=") for line in lines)


def _java(name: str, *arguments: str, folder: Path) -> str:
    program = shutil.which(name)
    assert program is not None, f"no {name} on PATH"
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_four_guesses_at_a_name_and_another_every_four_minutes(said: dict[str, str]) -> None:
    assert (said["at once"], said["in other letters"]) == ("4", "0")
    assert (said["after 3 minutes"], said["after 4 minutes"], said["after an hour"]) == ("0", "1", "4")
    assert int(said["in a day"]) == 4 + 24 * 60 // 4 - 1


def test_each_address_and_realm_counts_for_itself(said: dict[str, str]) -> None:
    assert (said["from elsewhere"], said["in another realm"]) == ("4", "true")


def test_a_right_password_costs_nothing(said: dict[str, str]) -> None:
    assert said["own"] == "4"


def test_an_address_has_fifty_guesses_at_all_names(said: dict[str, str]) -> None:
    assert said["names"] == "50"


def test_a_network_of_ipv6_is_one_address(said: dict[str, str]) -> None:
    assert (said["one network"], said["another network"]) == ("4", "4")
    assert (said["short"], said["tail"], said["mapped"]) == ("true", "true", "::ffff:10.0.0.1")


def test_who_has_the_password_tries_few_codes_in_a_day(said: dict[str, str]) -> None:
    """Three of a million are right at a time: a day from a thousand addresses finds one with a chance of 0.5 %."""
    assert int(said["codes of one address"]) <= 5 + 24 * 6
    assert int(said["codes of a thousand"]) <= 50 + 24 * 60


def test_a_million_addresses_fit_into_little_memory(said: dict[str, str]) -> None:
    assert int(said["megabytes"]) < 64
