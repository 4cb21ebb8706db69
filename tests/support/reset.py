"""A PostgreSQL database that is used again and again: what a test wrote goes, what its template held comes back.

To copy a database of a hundred tables takes half a second of a processor; to put the few rows back that differ takes a hundredth.
"""

import psycopg

# Beside the tables: their rows and counters as they were, and a note that a test has changed the schema itself.
_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.touched (what text);
CREATE TABLE kept.counters AS
  SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value, start_value) AS value, last_value IS NOT NULL AS called
  FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE one record; filled boolean;
BEGIN
  FOR one IN SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'of ' || one.name, one.name); END IF;
  END LOOP;
END $$;
CREATE FUNCTION kept.touch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO kept.touched VALUES (tg_tag); END $$;
CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record; filled boolean; columns text;
BEGIN
  FOR one IN SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM public.%I', one.name); END IF;
    IF to_regclass(format('kept.%I', 'of ' || one.name)) IS NOT NULL THEN
      SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
        WHERE attrelid = format('public.%I', one.name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
      EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%3$I', one.name, columns, 'of ' || one.name);
    END IF;
  END LOOP;
  PERFORM setval(counter.name::regclass, counter.value, counter.called) FROM kept.counters counter;
END $$;
CREATE EVENT TRIGGER kept_touched ON ddl_command_end EXECUTE FUNCTION kept.touch();
CREATE EVENT TRIGGER kept_dropped ON sql_drop EXECUTE FUNCTION kept.touch();
"""
_ALONE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_USABLE = "SELECT NOT EXISTS (SELECT FROM kept.touched) AND pg_database_size(current_database()) < 60_000_000"


def prepare(url: str) -> None:
    """Let the database remember what is in it now."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(_KEEP)


def restore(url: str) -> bool:
    """Make it what it was. False where only a new copy can be: the schema was changed, or much was written."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(_ALONE)
        if not connection.execute(_USABLE).fetchone()[0]:
            return False
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # neither foreign keys nor triggers
            connection.execute("SELECT kept.restore()")
    return True


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
