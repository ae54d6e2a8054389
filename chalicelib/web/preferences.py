from chalice import Blueprint

bp = Blueprint(__name__)


@bp.route("/u/{token}", methods=["GET", "POST"], content_types=["application/x-www-form-urlencoded"])
def unsubscribe(token):
    return ""
