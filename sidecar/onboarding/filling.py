"""The accession agreement with an applicant's data in it. PURE."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from provisioning.model.annexes import AgreementText, in_force
from provisioning.model.application import Application
from provisioning.registry.onboarding import OnboardingConfiguration


def filled_agreement(
    configuration: OnboardingConfiguration, application: Application, today: date
) -> AgreementText | None:
    """Fill every placeholder of the agreement in force on a day; None when none is in force.

    Rights are named as `rights.yaml` describes them in Ukrainian. Source: order cl. 6, annex 1.
    """
    text = in_force(configuration.agreements, today)
    if text is None:
        return None
    described = {right.name: right.description.uk for right in configuration.rights.rights}
    rights = (f"{described.get(name, name)} ({name})" for name in application.rights)
    return text.filled(
        {
            "version": text.version,
            "date": format_date(today, "long", locale="uk"),
            "operator": application.operator,
            "edrpou": application.edrpou,
            "system": application.name,
            "site": application.site,
            "purposes": "; ".join(application.purposes),
            "rights": "; ".join(rights),
            "data_location": application.data_location,
            "contact": application.contact,
            "email": application.email,
            "phone": application.phone,
        }
    )
