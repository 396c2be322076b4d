"""Turns the configuration into the plain values that the rooms below are given."""

from __future__ import annotations

from datetime import timedelta

from bot.config import Config, ConfigError
from bot.prober import ProberSettings
from checks.model import LookKind
from checks.probes import LookSettings
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
        ca_file=str(config.look.ca_file) if config.look.ca_file else None,
    )


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
