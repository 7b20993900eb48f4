"""The live sources that there are, and how this machine reaches them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ingest.harvesting.client import Client
from ingest.harvesting.cursors import CrossrefService, EuropePmcService, OpenAlexService
from ingest.harvesting.pubmed import PubmedService
from ingest.harvesting.service import Service

#: Name on the command line -> the service.
SERVICES: dict[str, Service] = {
    service.name: service
    for service in (OpenAlexService(), CrossrefService(), EuropePmcService(), PubmedService())
}


def open_client(service: Service, mailto: str = "", environment: Mapping[str, str] = os.environ) -> Client:
    """A client of the service, by what the environment says of it.

    ``KB_OPENALEX_URL`` and the like name another address (a mirror), ``KB_OPENALEX_KEY`` a key.
    """
    name = service.name.upper()
    key = environment.get(f"KB_{name}_KEY", "")
    return Client(
        environment.get(f"KB_{name}_URL") or service.base,
        interval=service.interval(polite=bool(mailto), key=bool(key)),
        mailto=mailto,
        private=service.private(mailto, key),
        key_hint=f"the service asks for a key: set KB_{name}_KEY",
    )
