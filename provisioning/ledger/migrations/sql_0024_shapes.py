"""SQL of migration 0024: whether event data is written in the one way, and of its kind's shape (`codec_atoms.Form`).

PostgreSQL's JSON and Python's agree on what these let through, so that nothing is chained that we could not read.
"""

from __future__ import annotations

from typing import Final

MOMENT: Final = r"""
CREATE FUNCTION ledger_moment(said text, otherwise text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    moment timestamptz;
    hour text := '([01][0-9]|2[0-3])';
BEGIN
    -- Times of years 1 to 9999 with an offset; fractions are cut off, not rounded.
    IF said IS NULL OR said !~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]' || hour || ':[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?'
        || '(Z|[+-]' || hour || ':[0-5][0-9])$')
    THEN
        RETURN otherwise;
    END IF;
    moment := regexp_replace(replace(said, ',', '.'), '(\.[0-9]{6})[0-9]+', '\1');
    IF moment < '0001-01-01T00:00:00Z' OR moment >= '10000-01-01T00:00:00Z' THEN
        RETURN otherwise;
    END IF;
    RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
EXCEPTION WHEN data_exception THEN
    RETURN otherwise;
END $$;
"""

CANONICAL: Final = """
CREATE FUNCTION ledger_canonical(value jsonb, levels integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'object' THEN
            IF levels < 1 THEN RETURN NULL; END IF;
            RETURN (
                SELECT '{' || coalesce(string_agg(
                    to_json(key)::text || ':' || CASE jsonb_typeof(inner_value)
                        WHEN 'string' THEN to_json(inner_value #>> '{}')::text
                        WHEN 'boolean' THEN inner_value::text
                        WHEN 'null' THEN 'null'
                        ELSE ledger_canonical(inner_value, levels - 1)
                    END, ',' ORDER BY key COLLATE "C"
                ), '') || '}' FROM jsonb_each(value) AS each (key, inner_value)
            );
        WHEN 'array' THEN
            IF levels < 1 THEN RETURN NULL; END IF;
            RETURN (
                SELECT '[' || coalesce(string_agg(ledger_canonical(item, levels - 1), ',' ORDER BY number), '') || ']'
                FROM jsonb_array_elements(value) WITH ORDINALITY AS items (item, number)
            );
        WHEN 'string' THEN
            RETURN to_json(value #>> '{}')::text;
        WHEN 'number' THEN
            RETURN CASE WHEN value::text ~ '^-?[0-9]{1,16}$' THEN value::text END;
        ELSE
            RETURN value::text;
    END CASE;
END $$;
"""

FITS: Final = r"""
CREATE FUNCTION ledger_fits(shape jsonb, value jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    kind text := jsonb_typeof(value);
    said text := value #>> '{}';
BEGIN
    IF jsonb_typeof(shape) = 'string' THEN
        RETURN CASE shape #>> '{}'
            WHEN 'text' THEN kind = 'string'
            WHEN 'number' THEN kind = 'number' AND abs(said::numeric) < 2::numeric ^ 53
            WHEN 'time' THEN kind = 'string' AND ledger_moment(said, '') = said
            WHEN 'day' THEN kind = 'string' AND said ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                AND ledger_moment(said || 'T00:00:00Z', '') <> ''
            ELSE kind = shape #>> '{}'
        END;
    ELSIF shape ? 'among' THEN
        RETURN kind NOT IN ('array', 'object') AND (shape -> 'among') @> jsonb_build_array(value);
    ELSIF shape ? 'any' THEN
        RETURN EXISTS (SELECT 1 FROM jsonb_array_elements(shape -> 'any') AS one (form) WHERE ledger_fits(form, value));
    ELSIF shape ? 'list' THEN
        RETURN kind = 'array' AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(CASE kind WHEN 'array' THEN value ELSE '[]' END) AS items (item)
            WHERE NOT ledger_fits(shape -> 'list', item)
        );
    ELSIF shape ? 'tuple' THEN
        RETURN kind = 'array' AND CASE kind WHEN 'array' THEN jsonb_array_length(value) END
            = jsonb_array_length(shape -> 'tuple') AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(shape -> 'tuple') WITH ORDINALITY AS parts (form, number)
            WHERE NOT ledger_fits(form, value -> (number - 1)::integer)
        );
    END IF;
    RETURN kind = 'object' AND NOT EXISTS (
        SELECT 1 FROM jsonb_object_keys(CASE kind WHEN 'object' THEN value ELSE '{}' END) AS keys (key)
        WHERE NOT (shape -> 'fields') ? key
    ) AND NOT EXISTS (
        SELECT 1 FROM jsonb_each(shape -> 'fields') AS wanted (key, form)
        WHERE CASE
            WHEN NOT value ? key THEN NOT (shape -> 'optional') ? key
            WHEN form = '"text"' THEN jsonb_typeof(value -> key) <> 'string'
            WHEN form = '"boolean"' THEN jsonb_typeof(value -> key) <> 'boolean'
            ELSE NOT ledger_fits(form, value -> key)
        END
    );
END $$;
"""
