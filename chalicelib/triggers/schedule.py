from chalice import Blueprint, Rate

bp = Blueprint(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="act_on_due")
def act_on_due(event):
    print("tick")


@bp.schedule(Rate(5, unit=Rate.MINUTES), name="plan_outreach")
def plan_outreach(event):
    print("tick")


@bp.schedule(Rate(15, unit=Rate.MINUTES), name="reconcile_mail")
def reconcile_mail(event):
    print("tick")
