/* For keepalived 2.2.7 on a kernel without IPVS, by LD_PRELOAD: libnl's calls succeed and every request is acknowledged. */
#include <stddef.h>

typedef int (*callback)(void *message, void *argument);
enum { NL_CB_ACK = 4, KINDS = 16 };
static callback functions[KINDS];
static void *arguments[KINDS];

int nl_socket_modify_cb(void *socket, int type, int kind, callback function, void *argument) {
  (void)socket, (void)kind;
  if (type >= KINDS) return 0;
  functions[type] = function;
  arguments[type] = argument;
  return 0;
}

int genl_connect(void *socket) { return (void)socket, 0; }
int genl_ctrl_resolve(void *socket, const char *name) { return (void)socket, (void)name, 0x23; }
int nl_send_auto(void *socket, void *message) { return (void)socket, (void)message, 1; }

int nl_recvmsgs_default(void *socket) {
  (void)socket;
  if (functions[NL_CB_ACK] != NULL) functions[NL_CB_ACK](NULL, arguments[NL_CB_ACK]);
  return 0;
}
