"""Counts of who reached whose data, a partition a month on PostgreSQL, so that what is old is dropped and not deleted.

Rows that are there already, and those of a month without a partition, lie in `ledger_access_rest`. Only
the owner of the tables can make and drop partitions; one function does both for the role that the programs work as, and
nothing else. SQLite has no partitions and stays as it is. Source: order cl. 12.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TABLE = """
ALTER TABLE ledger_access RENAME TO ledger_access_rest;
ALTER INDEX ledger_access_pkey RENAME TO ledger_access_rest_pkey;
ALTER INDEX ledger_access_by_reached RENAME TO ledger_access_rest_by_reached;
ALTER INDEX ledger_access_by_ois RENAME TO ledger_access_rest_by_ois;
CREATE TABLE ledger_access (LIKE ledger_access_rest) PARTITION BY RANGE (hour);
ALTER TABLE ledger_access ADD PRIMARY KEY (hour, reached, by_institution, ois, used_right);
CREATE INDEX ledger_access_by_reached ON ledger_access (reached, hour);
CREATE INDEX ledger_access_by_ois ON ledger_access (ois, hour);
ALTER TABLE ledger_access ATTACH PARTITION ledger_access_rest DEFAULT;
"""

_FUNCTION = """
CREATE FUNCTION @.ledger_access_keep(
    now_hour integer, oldest integer, step integer, OUT made integer, OUT dropped integer, OUT deleted integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $body$
DECLARE
    ahead CONSTANT integer := 2;
    first timestamp;
    low integer;
    high integer;
    part text;
BEGIN
    made := 0;
    dropped := 0;
    FOR month IN 0..ahead LOOP
        first := date_trunc('month', timestamp 'epoch' + now_hour * interval '1 hour') + month * interval '1 month';
        low := extract(epoch FROM first)::bigint / 3600;
        high := extract(epoch FROM first + interval '1 month')::bigint / 3600;
        part := to_char(first, '"ledger_access_"YYYY_MM');
        CONTINUE WHEN to_regclass('@.' || part) IS NOT NULL;
        CONTINUE WHEN EXISTS (SELECT FROM @.ledger_access_rest WHERE hour >= low AND hour < high);
        EXECUTE format(
            'CREATE TABLE @.%%I PARTITION OF @.ledger_access FOR VALUES FROM (%%s) TO (%%s)', part, low, high
        );
        made := made + 1;
    END LOOP;
    FOR part IN
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = '@.ledger_access'::regclass AND child.relname ~ '^ledger_access_[0-9]{4}_[0-9]{2}$'
    LOOP
        first := to_date(right(part, 7), 'YYYY_MM')::timestamp;
        CONTINUE WHEN extract(epoch FROM first + interval '1 month')::bigint / 3600 > oldest;
        EXECUTE format('DROP TABLE @.%%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM @.ledger_access_rest
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM @.ledger_access_rest WHERE hour < oldest LIMIT step));
    GET DIAGNOSTICS deleted = ROW_COUNT;
END
$body$;
REVOKE ALL ON FUNCTION @.ledger_access_keep(integer, integer, integer) FROM PUBLIC;
"""

_FIRST = "SELECT ledger_access_keep((extract(epoch FROM clock_timestamp()) / 3600)::integer, 0, 0)"


def upgrade() -> None:
    """Turn the table into partitions, without copying a row, and make those of this month and the next two."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    schema = connection.dialect.identifier_preparer.quote(connection.scalar(sa.text("SELECT current_schema()")))
    connection.exec_driver_sql(_TABLE)
    # Driver SQL: a colon in it is no parameter, and a percent sign is written twice.
    connection.exec_driver_sql(_FUNCTION.replace("@", schema))
    connection.exec_driver_sql(_FIRST)
