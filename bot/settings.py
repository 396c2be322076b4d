"""Turns the configuration into the plain values that the rooms below are given."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.config import Config, ConfigError
from bot.config.managers import Billing, XPaths
from bot.prober import ProberSettings
from checks.model import LookKind, Quota
from checks.probes import LookSettings
from checks.readers.figures import USUAL, ByPath, ByPattern, Layout, Place
from storage.secrets import KeyFault, Vault, open_vault

SELDOM = {"login": timedelta(minutes=10), "ping": timedelta(minutes=5), "licman_ping": timedelta(minutes=5)}
"""Looks that would be a nuisance every minute, where the configuration says nothing else."""


def prober_settings(config: Config) -> ProberSettings:
    """Return how looks are paced, from the configuration."""
    named = {**SELDOM, **config.look.intervals.model_dump(exclude_none=True)}
    return ProberSettings(
        interval=config.look.interval,
        intervals={LookKind(name): interval for name, interval in named.items()},
        clients=config.look.clients,
        concurrency=config.look.concurrency,
        per_address=config.look.per_address,
        reference_hosts=config.reference.hosts,
        reference_names=config.reference.names,
    )


def look_settings(config: Config) -> LookSettings:
    """Return what every look obeys, from the configuration."""
    return LookSettings(
        timeout=config.look.timeout.total_seconds(),
        user_agent=config.look.user_agent,
        dns_servers=config.dns.servers,
        allow_networks=config.look.allow_networks,
        texts=config.texts,
        login_path=config.login.path,
        login_catalogue=config.login.catalogue,
        logout_path=config.login.logout,
        billing=layouts_of(config),
        ca_file=str(config.look.ca_file) if config.look.ca_file else None,
    )


def layouts_of(config: Config) -> tuple[Layout, ...]:
    """Return how the servers of online accesses are read; the usual layout stands behind those of the configuration."""
    usual = Layout(zone=ZoneInfo(Billing().time_zone))
    named = tuple(_layout(name, section) for name, section in config.billing.items())
    return named if any(not one.hosts for one in named) else (*named, usual)


def _layout(name: str, section: Billing) -> Layout:
    own = {quota: _place(place) for quota in Quota if (place := getattr(section, quota)) is not None}
    return Layout(
        name=name,
        hosts=section.hosts,
        login=section.login,
        user_field=section.user_field,
        password_field=section.password_field,
        fields=section.fields,
        page=section.page,
        logout=section.logout,
        zone=ZoneInfo(section.time_zone),
        quotas={**USUAL, **own},
        visited=re.compile(section.visited) if section.visited else None,
        visited_format=section.visited_format,
    )


def _place(place: str | XPaths) -> Place:
    if isinstance(place, str):
        return ByPattern(pattern=re.compile(place, re.IGNORECASE))
    return ByPath(left=place.left, used=place.used, limit=place.limit)


def vault_of(config: Config) -> Vault:
    """Open what seals passwords, with the key of the environment or of the key file.

    Raises:
        ConfigError: the key is no key, or its file can be neither read nor made.

    """
    key = config.storage.secret_key
    try:
        return open_vault(key.get_secret_value() if key else None, config.storage.secret_key_file)
    except KeyFault as fault:
        raise ConfigError(str(fault)) from None
