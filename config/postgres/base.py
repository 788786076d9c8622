"""Django's PostgreSQL, with the connections of `driver`."""

from django.db.backends.postgresql import base

from config.postgres import driver


class DatabaseWrapper(base.DatabaseWrapper):
    Database = driver
