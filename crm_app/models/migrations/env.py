"""Alembic's entry point: runs the migrations in one transaction on the URL it is handed."""

from alembic import context
from alembic.operations.ops import MigrationScript

from crm_app.models.migrations import metadata, ours, written


def _skip_empty(_context: object, _revision: object, directives: list[MigrationScript]) -> None:
    if directives and directives[0].upgrade_ops is not None and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    """Migrate, or compare for a new migration."""
    from crm_app.services.database import engine_for

    with engine_for(context.config.attributes["url"]).connect().execution_options(writes=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            include_object=ours,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            process_revision_directives=_skip_empty,
            render_item=written,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":  # two workers that start at once: the second finds all done
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260102)")
            context.run_migrations()


run()
