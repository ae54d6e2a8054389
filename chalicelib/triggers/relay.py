from chalice import Blueprint

bp = Blueprint(__name__)


@bp.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/placeholder",
    name="relay",
    batch_size=100,
    starting_position="TRIM_HORIZON",
)
def relay(event):
    print("relay", event.to_dict())
    return {"batchItemFailures": []}
