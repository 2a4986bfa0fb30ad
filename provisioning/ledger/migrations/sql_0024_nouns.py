"""SQL of migration 0024: what each kind of event makes of the row it is about, as `ledger.projection` says it.

A function for each noun; what has ended is in no `WHERE` but that of an authority's reinstatement. Never changed after
the migration was released: a later meaning is a later migration.
"""

from __future__ import annotations

from typing import Final

ACCOUNTS: Final = """
CREATE FUNCTION ledger_apply_account(e ledger_event, said jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE e.kind
        WHEN 'account:created' THEN
            INSERT INTO ledger_account (username, institution_id, generation, is_authority, state, created_at,
                base_key_id, kind, sphere, name, edrpou, edebo_id, katottg, email)
            VALUES (e.subject, said ->> 'institution_id', (said ->> 'generation')::integer,
                (said ->> 'is_authority')::boolean, 'created', e.at, nullif(said ->> 'base_key_id', ''),
                said ->> 'kind', coalesce(said ->> 'sphere', ''), coalesce(said ->> 'name', ''),
                coalesce(said ->> 'edrpou', ''), coalesce(said ->> 'edebo_id', ''), coalesce(said ->> 'katottg', ''),
                said ->> 'email')
            ON CONFLICT DO NOTHING;
            IF FOUND THEN
                INSERT INTO ledger_api_key (client_id, username, number, state, created_at)
                VALUES (said ->> 'client_id', e.subject, 1, 'born', e.at) ON CONFLICT DO NOTHING;
            END IF;
        WHEN 'account:reinstated' THEN
            UPDATE ledger_account SET state = CASE WHEN activated_at IS NULL THEN 'created' ELSE 'active' END,
                deactivated_at = NULL, deactivation_reason = NULL, deactivation_document = NULL
            WHERE username = e.subject AND state = 'deactivated' AND is_authority;
        WHEN 'account:activated' THEN
            UPDATE ledger_account SET state = 'active', base_key_id = NULL,
                activated_at = ledger_moment(said ->> 'activated_at', e.at)
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'account:deactivated' THEN
            UPDATE ledger_account SET state = 'deactivated', base_key_id = NULL, direct_use = false,
                authority_grants = false, deactivated_at = e.at, deactivation_reason = said ->> 'reason',
                deactivation_document = nullif(said ->> 'document', '')
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'account:updated' THEN
            UPDATE ledger_account SET kind = coalesce(said ->> 'kind', kind),
                sphere = coalesce(said ->> 'sphere', sphere), name = coalesce(said ->> 'name', name),
                edrpou = coalesce(said ->> 'edrpou', edrpou), edebo_id = coalesce(said ->> 'edebo_id', edebo_id),
                katottg = coalesce(said ->> 'katottg', katottg), email = coalesce(said ->> 'email', email)
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'account:direct-use-changed' THEN
            UPDATE ledger_account SET direct_use = (said ->> 'allowed')::boolean
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'account:authority-grants-changed' THEN
            UPDATE ledger_account SET authority_grants = (said ->> 'allowed')::boolean
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'base-key:issued' THEN
            UPDATE ledger_account SET base_key_id = nullif(said ->> 'base_key_id', '')
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'base-key:withdrawn' THEN
            UPDATE ledger_account SET base_key_id = NULL,
                state = CASE state WHEN 'invited' THEN 'created' ELSE state END
            WHERE username = e.subject AND state <> 'deactivated';
        WHEN 'base-key:sent' THEN
            UPDATE ledger_account SET invited_at = e.at, state = CASE state WHEN 'created' THEN 'invited' ELSE state END
            WHERE username = e.subject AND state <> 'deactivated' AND base_key_id = said ->> 'base_key_id';
        ELSE NULL;
    END CASE;
END $$;
"""

API_KEYS: Final = """
CREATE FUNCTION ledger_apply_api_key(e ledger_event, said jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE e.kind
        WHEN 'api-key:created' THEN
            INSERT INTO ledger_api_key (client_id, username, number, state, created_at)
            VALUES (e.subject, said ->> 'username', (said ->> 'number')::integer, 'born', e.at) ON CONFLICT DO NOTHING;
        WHEN 'api-key:revealed' THEN
            UPDATE ledger_api_key SET state = 'revealed', revealed_at = e.at,
                fingerprint = nullif(said ->> 'fingerprint', '')
            WHERE client_id = e.subject AND state NOT IN ('cut-off', 'retired');
        WHEN 'api-key:reveal-voided' THEN
            UPDATE ledger_api_key SET state = 'born', revealed_at = NULL, fingerprint = NULL
            WHERE client_id = e.subject AND state NOT IN ('cut-off', 'retired');
        WHEN 'api-key:ending' THEN
            UPDATE ledger_api_key SET ends_at = said ->> 'ends_at'
            WHERE client_id = e.subject AND state NOT IN ('cut-off', 'retired');
        WHEN 'api-key:cut-off' THEN
            UPDATE ledger_api_key SET state = 'cut-off', ended_at = e.at
            WHERE client_id = e.subject AND state NOT IN ('cut-off', 'retired');
        WHEN 'api-key:retired' THEN
            UPDATE ledger_api_key SET state = 'retired', ended_at = e.at
            WHERE client_id = e.subject AND state NOT IN ('cut-off', 'retired');
        ELSE NULL;
    END CASE;
END $$;
"""

MANDATES: Final = """
CREATE FUNCTION ledger_apply_mandate(e ledger_event, said jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parts text[] := regexp_match(said ->> 'mandate',
        '^([0-9]{2}-[0-9]{7}(?:-g(?:[2-9]|[1-9][0-9]+))?)[.]([a-z][a-z0-9]*(?:-[a-z0-9]+)*)[.][1-9][0-9]{0,8}$');
BEGIN
    IF parts[1] IS DISTINCT FROM e.subject OR length(parts[2]) > 40 THEN
        RETURN;
    END IF;
    CASE e.kind
        WHEN 'mandate:granted' THEN
            INSERT INTO ledger_mandate (id, username, ois, rights, contract_number, contract_date, state, granted_at,
                until, authority, changed_seq)
            VALUES (said ->> 'mandate', parts[1], parts[2], ledger_canonical(said -> 'rights', 64),
                said ->> 'contract_number', said ->> 'contract_date', 'granted', e.at, said ->> 'until',
                nullif(said ->> 'authority', ''), e.seq)
            ON CONFLICT DO NOTHING;
        WHEN 'mandate:withdrawn' THEN
            UPDATE ledger_mandate SET state = 'withdrawn', withdrawn_at = e.at, withdrawal_reason = e.reason,
                changed_seq = e.seq
            WHERE id = said ->> 'mandate' AND state = 'granted';
        ELSE NULL;
    END CASE;
END $$;
"""

REQUESTS: Final = """
CREATE FUNCTION ledger_apply_request(e ledger_event, said jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE e.kind
        WHEN 'request:filed' THEN
            INSERT INTO ledger_request (id, kind, username, state, filed_by, filed_at, text, document)
            VALUES (said ->> 'request', said ->> 'kind', e.subject, 'open', e.actor, e.at, said ->> 'text',
                nullif(said ->> 'document', ''))
            ON CONFLICT DO NOTHING;
        WHEN 'request:answered' THEN
            UPDATE ledger_request SET state = said ->> 'outcome', answered_by = e.actor, answered_at = e.at,
                answer = e.reason
            WHERE id = said ->> 'request' AND username = e.subject AND state = 'open';
        ELSE NULL;
    END CASE;
END $$;
"""

OIS: Final = """
CREATE FUNCTION ledger_apply_ois(e ledger_event, said jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    named text := substring(e.subject FROM '^ois-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$');
    o ledger_ois;
    documents boolean;
    becomes text;
BEGIN
    IF named IS NULL OR length(named) > 40 THEN
        RETURN;
    END IF;
    IF e.kind = 'ois:applied' THEN
        INSERT INTO ledger_ois (slug, name, operator, edrpou, site, state, rights, applied_at, purposes,
            requested_rights, email, jwks, redirect_uris, networks, data_location, changed_seq)
        VALUES (named, said ->> 'name', said ->> 'operator', said ->> 'edrpou', said ->> 'site', 'applied', '[]', e.at,
            ledger_canonical(said -> 'purposes', 64), ledger_canonical(said -> 'rights', 64), said ->> 'email',
            nullif(ledger_canonical(said -> 'jwks', 64), 'null'), ledger_canonical(said -> 'redirect_uris', 64),
            ledger_canonical(said -> 'networks', 64), said ->> 'data_location', e.seq)
        ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    SELECT * INTO o FROM ledger_ois WHERE slug = named;
    documents := o.agreement_version IS NOT NULL AND o.conclusion_outcome = 'positive'
        AND o.conclusion_until IS NOT NULL;
    becomes := CASE
        WHEN o.state IN ('rejected', 'terminated') THEN NULL
        WHEN e.kind = 'ois:connected' THEN CASE WHEN o.state = 'applied' AND documents THEN 'connected' END
        WHEN e.kind = 'ois:resumed' THEN CASE WHEN o.state = 'suspended' AND documents THEN 'connected' END
        WHEN e.kind = 'ois:suspended' THEN CASE WHEN o.state = 'connected' THEN 'suspended' END
        WHEN e.kind = 'ois:terminated' THEN CASE WHEN o.state IN ('connected', 'suspended') THEN 'terminated' END
        WHEN e.kind = 'ois:rejected' THEN CASE WHEN o.state = 'applied' THEN 'rejected' END
        ELSE o.state
    END;
    IF becomes IS NULL THEN
        RETURN;
    END IF;
    UPDATE ledger_ois SET state = becomes, changed_seq = e.seq WHERE slug = named;
    CASE e.kind
        WHEN 'ois:connected' THEN
            UPDATE ledger_ois SET connected_at = e.at, rights = ledger_canonical(said -> 'rights', 64)
            WHERE slug = named;
        WHEN 'ois:suspended' THEN
            UPDATE ledger_ois SET suspended_at = e.at, suspension_reason = e.reason WHERE slug = named;
        WHEN 'ois:resumed' THEN
            UPDATE ledger_ois SET suspended_at = NULL, suspension_reason = NULL WHERE slug = named;
        WHEN 'ois:terminated', 'ois:rejected' THEN
            UPDATE ledger_ois SET ended_at = e.at WHERE slug = named;
        WHEN 'ois:changed' THEN
            UPDATE ledger_ois SET name = coalesce(said ->> 'name', name),
                operator = coalesce(said ->> 'operator', operator), edrpou = coalesce(said ->> 'edrpou', edrpou),
                site = coalesce(said ->> 'site', site), email = coalesce(said ->> 'email', email),
                data_location = coalesce(said ->> 'data_location', data_location),
                purposes = coalesce(ledger_canonical(said -> 'purposes', 64), purposes),
                requested_rights = coalesce(ledger_canonical(said -> 'rights', 64), requested_rights),
                rights = coalesce(ledger_canonical(said -> 'granted', 64), rights),
                redirect_uris = coalesce(ledger_canonical(said -> 'redirect_uris', 64), redirect_uris),
                networks = coalesce(ledger_canonical(said -> 'networks', 64), networks),
                proof_required = coalesce((said ->> 'proof_required')::boolean, proof_required)
            WHERE slug = named;
        WHEN 'ois:key-changed' THEN
            UPDATE ledger_ois SET jwks = nullif(ledger_canonical(said -> 'jwks', 64), 'null') WHERE slug = named;
        WHEN 'ois:concluded' THEN
            UPDATE ledger_ois SET conclusion_number = nullif(said ->> 'number', ''),
                conclusion_outcome = said ->> 'outcome', conclusion_until = said ->> 'until'
            WHERE slug = named
                AND (said ->> 'outcome' <> 'remarks' OR o.conclusion_outcome IS DISTINCT FROM 'positive');
        WHEN 'ois:conclusion-revoked' THEN
            UPDATE ledger_ois SET conclusion_outcome = NULL WHERE slug = named;
        WHEN 'ois:agreement-submitted' THEN
            UPDATE ledger_ois SET agreement_submitted = nullif(said ->> 'version', '') WHERE slug = named;
        WHEN 'ois:agreement-accepted' THEN
            UPDATE ledger_ois SET agreement_version = coalesce(nullif(said ->> 'version', ''), agreement_submitted),
                agreement_submitted = NULL
            WHERE slug = named;
        WHEN 'ois:agreement-returned' THEN
            UPDATE ledger_ois SET agreement_submitted = NULL WHERE slug = named;
        ELSE NULL;
    END CASE;
END $$;
"""
