"""A gRPC server with health checking: python3 grpc-health.py ADDRESS PORT TLS-PORT BARE-PORT CERTIFICATE KEY.

It serves as a whole, as `shop` and `cart`; `db` does not, of `new` nobody knows. SIGUSR1 stops `cart`, SIGUSR2 starts it. On
the bare port it has no health service. It says `ready` when it listens.
"""
import signal
import sys
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]
health = {"": 1, "shop": 1, "cart": 1, "db": 2, "new": 0}


def messages():
    """grpc/health/v1/health.proto, as far as Check needs it."""
    file = descriptor_pb2.FileDescriptorProto(name="health.proto", package="grpc.health.v1", syntax="proto3")
    request = file.message_type.add(name="HealthCheckRequest")
    request.field.add(name="service", number=1, type=9, label=1)
    response = file.message_type.add(name="HealthCheckResponse")
    status = response.enum_type.add(name="ServingStatus")
    for number, name in enumerate(STATUSES):
        status.value.add(name=name, number=number)
    kind = ".grpc.health.v1.HealthCheckResponse.ServingStatus"
    response.field.add(name="status", number=1, type=14, label=1, type_name=kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName(f"grpc.health.v1.{one.name}")) for one in file.message_type]


Request, Response = messages()


def check(request, context):
    if request.service not in health:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
    return Response(status=health[request.service])


def main():
    address, port, tls_port, bare_port, certificate, key = sys.argv[1:]
    handler = grpc.unary_unary_rpc_method_handler(check, Request.FromString, Response.SerializeToString)
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": handler}),)
    )
    pair = [open(path, "rb").read() for path in (key, certificate)]
    server.add_insecure_port(f"{address}:{port}")
    server.add_secure_port(f"{address}:{tls_port}", grpc.ssl_server_credentials([tuple(pair)]))
    bare = grpc.server(futures.ThreadPoolExecutor(1))
    bare.add_insecure_port(f"{address}:{bare_port}")
    signal.signal(signal.SIGUSR1, lambda *_: health.update(cart=2))
    signal.signal(signal.SIGUSR2, lambda *_: health.update(cart=1))
    server.start()
    bare.start()
    print("ready", flush=True)
    while True:
        signal.pause()


main()
