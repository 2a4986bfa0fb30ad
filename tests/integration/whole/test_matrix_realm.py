"""Every field of the realm, of its objects, of OIS and of foreign things: changed by hand in a live realm, named by
drift, closed by the watch where it widens access, and put right by an apply.

The fields are those of Keycloak's own classes, so that one which a newer Keycloak adds fails here until it is decided.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.keycloak.realm.baseline import baseline_of
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.holders import holder_named, take_roles
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS
from provisioning.keycloak.realm.sources import sources_on
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.drift import Drift, find_drift
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.ois.operators import invite_operator
from provisioning.lifecycle.progress import Silent
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.ois import Slug
from provisioning.planning.objects import CreateObject, ObjectType
from provisioning.planning.plan import Plan
from provisioning.planning.widening import is_wider
from provisioning.watch.duty import DutyResult
from tests.support.by_hand import clients, components, flows, foreign, realm, roles, users
from tests.support.by_hand.change import FOREIGN, LEDGER, Change, Place, keep_count
from tests.support.by_hand.ois import ois_changes
from tests.support.office import Office
from tests.support.representation_fields import types_of
from tests.support.third_party import ThirdParty, connected
from tests.support.watching import Watch

pytestmark = pytest.mark.assure

PERSON = "o.koval"
STAFF = f"""\
- username: {PERSON}
  first_name: Олена
  last_name: Коваль
  email: o@iea.example
  roles: [administrator]
"""
CLIENTS = (
    "sidecar",
    "security-admin-console",
    "account",
    "account-console",
    "admin-cli",
    "broker",
    "provisioning",
    *ACCOUNT_SECRETS,
)
NOT_CHANGED = {
    **dict.fromkeys(
        (
            ("provisioning", field)
            for field in (
                "enabled",
                "publicClient",
                "bearerOnly",
                "clientAuthenticatorType",
                "protocol",
                "fullScopeAllowed",
            )
        ),
        "the program that compares signs in with it: every command then says that it is refused",
    ),
    ("provisioning", "serviceAccountsEnabled"): "the same: without its account it may do nothing",
}
"""Fields of clients that are not changed here, with the reason."""


def every_change(office: Office) -> Iterator[Change]:
    """Every change, in the order in which one does not undo another; the realm last: it decides what may be changed."""
    admin = office.realm.admin
    for client in CLIENTS:
        changes = clients.client_changes(require_client(admin, client), (ObjectType.CLIENT, client))
        yield from (change for change in changes if (client, change.field) not in NOT_CHANGED)
    central = require_client(admin, "central-db")
    yield from (
        change
        for change in clients.client_changes(central, (ObjectType.RESOURCE_SERVER, "central-db"))
        if change.field != "roles"  # The rights, which are objects of their own.
    )
    service = require_user(admin, "service-account-provisioning")
    place = (ObjectType.CLIENT, "provisioning")
    yield from users.user_changes(service, place, "service account.", service=True)
    person = require_user(admin, PERSON)
    yield from users.user_changes(person, (ObjectType.STAFF, PERSON), roles="roles")
    yield users.disabled(person, (ObjectType.STAFF, PERSON))
    for slug in ("diary", "other"):
        yield from ois_changes(admin, Slug(slug))
    # Before the user profile asks for more of every user.
    yield from foreign.other_changes()  # A user, before there is another store, which takes no new ones.
    for strangers in (foreign.provider_changes, foreign.component_changes, foreign.group_changes):
        yield from strangers()
    yield from roles.role_changes(office.realm.name)
    yield from roles.scope_changes()
    yield from flows.flow_changes()
    yield from flows.action_changes()
    yield from components.component_changes()
    yield from components.profile_changes()
    yield from components.text_changes()
    yield from realm.realm_changes(office.realm.name)


LEFT = {
    clients.CLIENT: clients.CLIENT_LEFT,
    clients.MAPPER: roles.MAPPER_LEFT,
    users.USER: users.USER_LEFT,
    roles.ROLE: roles.ROLE_LEFT,
    roles.SCOPE: roles.SCOPE_LEFT,
    flows.FLOW: flows.FLOW_LEFT,
    flows.STEP: flows.STEP_LEFT,
    flows.CONFIG: flows.CONFIG_LEFT,
    flows.ACTION: flows.ACTION_LEFT,
    components.COMPONENT: components.COMPONENT_LEFT,
    components.PROFILE: {},
    components.ATTRIBUTE: components.ATTRIBUTE_LEFT,
    components.GROUP: components.GROUP_LEFT,
    "UPAttributePermissions": {},
    "UPAttributeRequired": {},
    "UPAttributeSelector": {},
    foreign.PROVIDER: foreign.PROVIDER_LEFT,
    foreign.PROVIDER_MAPPER: foreign.PROVIDER_MAPPER_LEFT,
    foreign.COMPONENT: foreign.COMPONENT_LEFT,
    foreign.GROUP: foreign.GROUP_LEFT,
    realm.REALM: realm.REALM_LEFT,
    **realm.RULES_LEFT,
}
"""Fields of each class that are not changed, with the reason."""


@pytest.fixture(scope="module")
def changes(office: Office) -> list[Change]:
    """A realm with one person of the staff and two OIS, a client flow by hand that lets the program in, and the
    changes.
    """
    office.folder.write()
    (office.folder.path / "staff.yaml").write_text(STAFF, encoding="utf-8")
    office.apply()
    connected(office.actor, ThirdParty(office.realm, Slug("diary")), ["students.read"], ["https://diary.example/in"])
    connected(office.actor, ThirdParty(office.realm, Slug("other")), ["students.read"])
    for slug in ("diary", "other"):
        invite_operator(office.actor, slug)
    office.reader.remove()
    assert look(office).is_in_sync
    admin = office.realm.admin
    admin.post("/authentication/flows", {"alias": "other-clients", "providerId": "client-flow", "topLevel": True})
    path = "/authentication/flows/other-clients/executions"
    admin.post(f"{path}/execution", {"provider": "aikom-api-key"})
    (step,) = admin.get(path)
    admin.put(path, {**step, "requirement": "ALTERNATIVE"})
    return list(every_change(office))


def test_every_field_that_keycloak_knows_is_changed_or_left_with_a_reason(changes: list[Change]) -> None:
    changed = defaultdict(set)
    for change in changes:
        changed[change.of].add(change.field)
    for representation, left in LEFT.items():
        beside = set(clients.BESIDE) if representation == clients.CLIENT else set()
        assert changed[representation] - beside | left.keys() == set(types_of(representation)), representation
        assert not changed[representation] & left.keys() - {"enabled"}, representation
    assert changed.keys() - {""} == LEFT.keys()
    assert set(types_of("RealmEventsConfigRepresentation")) <= changed[realm.REALM]


def test_every_map_has_a_change_of_an_entry_that_we_never_wrote(changes: list[Change]) -> None:
    with_entries = {(change.of, change.field) for change in changes if change.entry == "never.written"}
    maps = {
        (representation, field)
        for representation, left in LEFT.items()
        for field, kind in types_of(representation).items()
        if "Map" in kind and field not in left
    }
    # An attribute has to be declared, a component keeps what its provider declares, and roles and checks have to exist.
    assert maps - with_entries == {
        (users.USER, "attributes"),
        (users.USER, "clientRoles"),
        (components.ATTRIBUTE, "validations"),
        (components.COMPONENT, "config"),
        (foreign.COMPONENT, "config"),
        (foreign.GROUP, "clientRoles"),
    }


def test_every_change_by_hand_is_named_closed_and_put_right(office: Office, changes: list[Change]) -> None:
    admin, watch, started = office.realm.admin, Watch(office), time.monotonic()
    assert watch.close() == DutyResult()
    unseen: list[tuple[Place, str]] = []
    still_open: list[object] = []
    not_mended: list[object] = []
    for number in range(clients.ROUNDS):
        done = [change for change in changes if change.round == number]
        for change in done:
            change.act(admin)
        unseen += _unseen(look(office), done)
        for _ in range(2):  # When a store of users is switched off, Keycloak changes its own browser flow.
            watch.close()
        closed = look(office).plan
        still_open += [*(_fields(closed) if is_wider(closed) else ()), *_open_doors(office)]
        found = survey(office.folder.load(), office.realm.settings, office.realm.connection, office.ledger, full=True)
        apply(Workshop(office.actor, found.context), found)
        after = look(office)
        not_mended += [*_fields(after.plan), *after.otherwise]
    keep_count("realm", changes, len(unseen), time.monotonic() - started)
    assert (unseen, still_open, not_mended) == ([], [], [])


def _fields(plan: Plan) -> list[tuple[str, list[str]]]:
    return [(one.object.name, [field.field for field in one.changes]) for one in plan.objects]


def look(office: Office) -> Drift:
    """What `drift` says."""
    return find_drift(office.folder.load(), office.realm.settings, office.realm.connection, office.ledger, Silent())


def _unseen(drift: Drift, done: list[Change]) -> list[tuple[Place, str]]:
    """The changes that drift does not name by object and field; of a foreign object the whole is named."""
    seen: dict[Place, set[str]] = {}
    for one in drift.plan.objects:
        fields = {"lost"} if isinstance(one, CreateObject) else {field.field for field in one.changes}
        seen.setdefault((one.object.type, one.object.name), set()).update(fields)
    for otherwise in drift.otherwise:
        seen.setdefault((LEDGER, otherwise.subject), set()).update(otherwise.fields)
    strangers = {f"{thing.type} {thing.name}" for thing in drift.foreign}
    return [
        (change.place, f"{change.of}.{change.field} {change.named}")
        for change in done
        if not (
            change.place[1] in strangers
            if change.place[0] == FOREIGN
            else change.is_named_by(seen.get(change.place, set()))
        )
    ]


def _open_doors(office: Office) -> list[str]:
    """Foreign sources that are on, and foreign users, groups and roles that still pass a role of ours on."""
    admin, reading = office.realm.admin, RealmReading(office.realm.connection)
    ours = {name for kind, name in baseline_of(office.realm.name) if kind is ObjectType.COMPONENT}
    found = [source.name for source in sources_on(reading, ours)]
    if (stranger := holder_named(admin, "foreign-user")) is not None:
        found += take_roles(admin, stranger)
    top = reading.export["groups"]
    groups = [*top, *(part for group in top for part in group["subGroups"])]
    found += [group["name"] for group in groups if group["realmRoles"] or group["clientRoles"]]
    client = require_client(admin, "foreign-client")["id"]
    door = admin.get(f"/clients/{client}/roles/back-door")
    return [*found, *(part["name"] for part in admin.get(f"/roles-by-id/{door['id']}/composites"))]
