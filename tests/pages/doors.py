"""
Who may pass which door: every address × method × actor, as one table.

`owner` is Fabrikam's Global admin and asks about Fabrikam; `no_role` works there without a role,
`csp_only` is an Admin agent there who is associated with CSP only, in which Fabrikam then is too;
`other` is another partner's Global admin, `no_partner` a personal account; `nobody` is not signed
in. 302 for nobody leads to the sign-in page. A method that no line names is refused with 405.
"""

from dataclasses import dataclass

A_FILE = "a table to download"
ACTORS = ("nobody", "no_partner", "other", "csp_only", "no_role", "owner", "staff")

TABLE = """
route                                    method nobody no_partner other csp_only no_role owner staff

home                                     GET    200    302        302   302      302     302   302
health                                   GET    200    200        200   200      200     200   200
gallery                                  GET    200    200        200   200      200     200   200

help                                     GET    200    200        200   200      200     200   200
help-topic                               GET    200    200        200   200      200     200   200
help-codes                               GET    200    200        200   200      200     200   200
help-code                                GET    200    200        200   200      200     200   200

account_login                            GET    200    302        302   302      302     302   302
account_login                            POST   200    302        302   302      302     302   302
account_logout                           GET    302    200        200   200      200     200   200
account_logout                           POST   302    302        302   302      302     302   302
account_signup                           GET    200    302        302   302      302     302   302
account_signup                           POST   200    302        302   302      302     302   302
account_inactive                         GET    200    200        200   200      200     200   200
account_change_password                  GET    302    200        200   200      200     200   200
account_change_password                  POST   302    200        200   200      200     200   200
account_reset_password                   GET    200    200        200   200      200     200   200
account_reset_password                   POST   200    200        200   200      200     200   200
account_reset_password_done              GET    200    200        200   200      200     200   200
account_reset_password_from_key          GET    200    200        200   200      200     200   200
account_reset_password_from_key          POST   200    200        200   200      200     200   200
account_reset_password_from_key_done     GET    200    200        200   200      200     200   200

partners:switch                          POST   302    404        404   302      302     302   404
partners:language                        POST   302    302        302   302      302     302   302
partners:sign-in-other                   POST   302    302        302   302      302     302   302

partners:my-access                       GET    302    200        200   200      200     200   200
partners:users                           GET    302    403        200   403      403     200   403
partners:user-add                        GET    302    403        200   403      403     200   403
partners:user-add                        POST   302    403        400   403      403     400   403
partners:user                            GET    302    403        404   403      403     200   403
partners:user-programs                   POST   302    403        404   403      403     400   403
partners:user-roles                      POST   302    403        404   403      403     302   403
partners:user-remove                     POST   302    403        404   403      403     302   403
partners:audit                           GET    302    403        200   403      403     200   403
partners:audit-csv                       GET    302    403        200   403      403     200   403

partners:api-clients                     GET    302    403        200   403      403     200   403
partners:api-clients                     POST   302    403        400   403      403     400   403
partners:api-client                      GET    302    403        404   403      403     200   403
partners:api-client-secret               POST   302    403        404   403      403     400   403
partners:api-client-scopes               POST   302    403        404   403      403     400   403
partners:api-client-revoke               POST   302    403        404   403      403     302   403

partners:customers                       GET    302    403        403   200      403     403   403
support:customer                         GET    302    403        403   200      403     403   403
support:customer-new-request             GET    302    403        403   200      403     403   403
support:customer-new-request             POST   302    403        403   400      403     403   403

dashboard                                GET    302    302        200   200      200     200   302

notifications                            GET    302    200        200   200      200     200   302
notifications-read                       POST   302    400        400   400      400     400   302

oauth-token                              POST   400    400        400   400      400     400   400

memberships:offers-alias                 GET    302    403        302   403      302     302   403
memberships:offers                       GET    302    403        200   403      200     200   403
memberships:renew                        GET    302    403        404   403      403     409   403
memberships:renew                        POST   302    403        404   403      403     409   403
memberships:upgrade                      GET    302    403        404   403      403     409   403
memberships:upgrade                      POST   302    403        404   403      403     409   403
memberships:competencies                 GET    302    403        200   403      200     200   403

benefits:technical                       GET    302    403        200   403      200     200   403
benefits:plan                            GET    302    403        404   403      200     200   403
benefits:ledger                          GET    302    403        404   403      200     200   403
benefits:ledger-csv                      GET    302    403        404   403      200     200   403
benefits:show-ids                        POST   302    403        404   403      200     200   403
benefits:activate                        POST   302    403        404   403      403     302   403
benefits:link                            POST   302    403        404   403      302     302   403
benefits:unlink                          POST   302    403        404   403      302     302   403
benefits:replace-ids                     GET    302    403        404   403      403     200   403
benefits:replace-ids                     POST   302    403        404   403      403     400   403
benefits:partner-support                 GET    302    200        200   200      200     200   200
benefits:show-bought-ids                 POST   302    404        404   404      404     404   404
benefits:offer                           GET    302    200        200   200      200     200   200
benefits:buy                             GET    302    403        200   403      403     200   403
benefits:buy                             POST   302    403        400   403      403     400   403
benefits:accounts                        GET    302    403        404   403      403     200   403
benefits:revoke-account                  POST   302    403        404   403      403     302   403
benefits:restore-account                 POST   302    403        404   403      403     302   403

support:create                           GET    302    200        200   200      200     200   302
support:create                           POST   302    400        400   400      400     400   302
support:create-product                   GET    302    302        302   302      302     200   302
support:create-product                   POST   302    400        400   400      400     400   302
support:create-issue                     GET    302    302        302   302      302     200   302
support:create-issue                     POST   302    302        302   302      302     400   302
support:create-review                    GET    302    302        302   302      302     200   302
support:create-review                    POST   302    302        302   302      302     400   302
support:plans                            GET    302    200        200   200      200     200   302
support:plans                            POST   302    400        400   400      400     400   302
support:link-own                         POST   302    404        404   404      302     302   403
support:unlink                           POST   302    404        404   404      302     302   404
support:requests                         GET    302    200        200   200      200     200   302
support:request                          GET    302    404        404   404      404     200   200
support:request-note                     POST   302    404        404   404      404     400   400
support:request-state                    POST   302    404        404   404      404     403   400
support:request-close                    POST   302    404        404   404      404     400   400
support:request-reopen                   POST   302    404        404   404      404     409   409
support:request-deduct                   POST   302    404        404   404      404     403   400

support:consultation                     GET    302    403        200   403      200     200   403
support:consultation                     POST   302    403        400   403      400     400   403

support:portal-help                      GET    302    200        200   200      200     200   302
support:portal-plans                     GET    302    200        200   200      200     200   302
support:portal-link                      GET    302    200        200   200      200     200   302
support:portal-link                      POST   302    400        400   400      400     400   302
support:portal-link-own                  POST   302    404        404   404      302     302   403
support:portal-create                    GET    302    200        200   200      200     200   302
support:portal-create                    POST   302    400        400   400      400     400   302
support:portal-problem                   GET    302    302        302   302      302     200   302
support:portal-problem                   POST   302    400        400   400      400     400   302
support:portal-details                   GET    302    302        302   302      302     200   302
support:portal-details                   POST   302    302        302   302      302     400   302
support:portal-review                    GET    302    302        302   302      302     200   302
support:portal-review                    POST   302    302        302   302      302     302   302

support:staff-desk                       GET    302    403        403   403      403     403   200
support:staff-desk                       POST   302    403        403   403      403     403   404
support:staff-partner                    GET    302    403        403   403      403     403   200
support:staff-partner                    POST   302    403        403   403      403     403   400
support:staff-contract                   GET    302    403        403   403      403     403   200
support:staff-requests                   GET    302    403        403   403      403     403   200
support:staff-requests-csv               GET    302    403        403   403      403     403   200
support:staff-claim                      POST   302    403        403   403      403     403   409
support:staff-release                    POST   302    403        403   403      403     403   302
support:staff-take-over                  POST   302    403        403   403      403     403   403
support:staff-contract                   POST   302    403        403   403      403     403   400
support:staff-adjust                     GET    302    403        403   403      403     403   403
support:staff-adjust                     POST   302    403        403   403      403     403   403
support:staff-imports                    GET    302    403        403   403      403     403   403
support:staff-imports                    POST   302    403        403   403      403     403   403
support:staff-import                     GET    302    403        403   403      403     403   403
support:staff-import-run                 POST   302    403        403   403      403     403   403
support:staff-import-check               POST   302    403        403   403      403     403   403
support:staff-import-errors              GET    302    403        403   403      403     403   403
support:staff-import-columns             GET    302    403        403   403      403     403   403
support:staff-import-template            GET    302    403        403   403      403     403   403
support:staff-partners                   GET    302    403        403   403      403     403   200
support:staff-partners-csv               GET    302    403        403   403      403     403   200
support:staff-partner-add                GET    302    403        403   403      403     403   403
support:staff-partner-add                POST   302    403        403   403      403     403   403
support:staff-partner-change             GET    302    403        403   403      403     403   403
support:staff-partner-change             POST   302    403        403   403      403     403   403
support:staff-accounts                   GET    302    403        403   403      403     403   200
support:staff-memberships                GET    302    403        403   403      403     403   200
support:staff-membership-add             GET    302    403        403   403      403     403   403
support:staff-membership-add             POST   302    403        403   403      403     403   403
support:staff-membership-change          GET    302    403        403   403      403     403   403
support:staff-membership-change          POST   302    403        403   403      403     403   403
support:staff-membership-end             GET    302    403        403   403      403     403   403
support:staff-membership-end             POST   302    403        403   403      403     403   403
support:staff-competencies               GET    302    403        403   403      403     403   403
support:staff-competencies               POST   302    403        403   403      403     403   403
support:staff-competency-lose            POST   302    403        403   403      403     403   403
support:staff-adjust                     GET    302    403        403   403      403     403   403
support:staff-adjust                     POST   302    403        403   403      403     403   403
support:staff-audit                      GET    302    403        403   403      403     403   403
support:staff-audit-csv                  GET    302    403        403   403      403     403   403
support:staff-reports                    GET    302    403        403   403      403     403   200
support:staff-report-csv                 GET    302    403        403   403      403     403   200
"""

# allauth's form views take PUT as they take POST, with the same token against forgery ...
ALSO_PUT = frozenset(("account_login", "account_change_password", "account_reset_password"))
# ... and these two answer whatever the method with the page that says no.
WHATEVER = frozenset(("account_signup", "account_reset_password_from_key"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Door:
    """One address with one method, and what each actor gets there."""

    route: str
    method: str
    answers: dict[str, int]


def _read() -> list[Door]:
    lines = [line.split() for line in TABLE.strip().splitlines() if line]
    assert tuple(lines[0][2:]) == ACTORS
    return [
        Door(route, method, dict(zip(ACTORS, map(int, answers), strict=True)))
        for route, method, *answers in lines[1:]
    ]


DOORS = _read()
ROUTES = {door.route for door in DOORS}
# What answers without being a page to look at, and why.
NO_PAGES = {
    "health": "a word of plain text, for machines",
    "memberships:offers-alias": "leads to the offers",
    "benefits:ledger-csv": A_FILE,
    "partners:audit-csv": A_FILE,
    "support:staff-audit-csv": A_FILE,
    "support:staff-import-errors": A_FILE,
    "support:staff-import-template": A_FILE,
    "support:staff-partners-csv": A_FILE,
    "support:staff-report-csv": A_FILE,
    "support:staff-requests-csv": A_FILE,
}
PAGES = {door.route for door in DOORS if door.method == "GET"} - set(NO_PAGES)


def closed_methods(route: str) -> list[str]:
    """Return the methods that the route must refuse."""
    opened = {door.method for door in DOORS if door.route == route}
    if route in WHATEVER:
        return []
    if route in ALSO_PUT:
        opened.add("PUT")
    return [method for method in METHODS if method not in opened]
