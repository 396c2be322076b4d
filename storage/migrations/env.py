"""Tells Alembic where the schema is and how to reach the database; always on a plain, blocking connection."""

from alembic import context
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import make_url

from storage.tables import metadata

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}

url = make_url(context.config.get_main_option("sqlalchemy.url") or "")
engine = create_engine(url.set(drivername=DRIVERS[url.get_backend_name()]), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=url.get_backend_name() == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
