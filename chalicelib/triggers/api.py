from chalice import AuthResponse, Blueprint

bp = Blueprint(__name__)


@bp.authorizer(name="api_authorizer", ttl_seconds=60)
def api_authorizer(request):
    return AuthResponse(routes=["*"], principal_id="x")


@bp.route("/v1/customers/{customer_id}", authorizer=api_authorizer)
def customer(customer_id):
    return {}
