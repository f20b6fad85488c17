"""What Alembic runs: the migrations, on the connection that `storage.schema` hands it."""

from __future__ import annotations

from alembic import context

from storage import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Job.metadata,
    transactional_ddl=False,  # the transaction is the caller's: all migrations, or none
)
context.run_migrations()
