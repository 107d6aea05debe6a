# Run in the emulated kernel with systemd as init: the unit under real systemd, and what it serves. Writes one line
# `NAME VALUE` an observation to /out/observations; unit.test.ts says what must be true of them.
set -u
say() { echo "$1 $2" >>/out/observations; }
state() { systemctl show -p "$1" --value keepalived.service; }
vip() { ip -o -4 addr show dev eth0 | grep -c 10.78.0.100; }
services() { ipvsadm -Sn | grep -c -- -A; }
wait_for() { for _ in $(seq 300); do "$@" && return 0; sleep 0.1; done; return 1; }
master() { curl -s 127.0.0.1:9650/metrics | grep -q '^keepalived_vrrp_state{.*} 2$'; }

ip link add eth0 type dummy && ip address add 10.78.0.1/24 dev eth0 && ip link set eth0 up
modprobe ip_vs
mkdir -p /run/www && echo ok >/run/www/index.html
busybox httpd -p 10.78.0.1:8080 -h /run/www
ln -sf "$PWD/dist/main.js" /usr/bin/keepalived-ts
mkdir -p /etc/keepalived
cp test/lab/unit.conf /etc/keepalived/keepalived.conf
cp systemd/keepalived-ts.service /etc/systemd/system/
say verify "$(systemd-analyze verify /etc/systemd/system/keepalived-ts.service 2>&1 | grep -c keepalived-ts)"
systemctl daemon-reload
systemctl enable --quiet keepalived-ts.service
say alias "$(readlink /etc/systemd/system/keepalived.service)"

systemctl start keepalived.service
say start $?
say active "$(state ActiveState)"
say children-at-ready "$(pgrep -P "$(state MainPID)" | wc -l)"
wait_for master
say vip-while-master "$(vip)"
say services-while-running "$(services)"
sleep 4
curl -s 127.0.0.1:9650/metrics >/out/metrics
promtool check metrics </out/metrics >/out/promtool 2>&1
say promtool $?
say promtool-words "$(wc -c </out/promtool)"

sed -i 's/weight 1/weight 3/' /etc/keepalived/keepalived.conf
systemctl reload keepalived.service
say reload $?
sleep 2
say weight-after-reload "$(ipvsadm -Sn | grep -c -- '-w 3')"
echo 'vrrp_instance { {' >>/etc/keepalived/keepalived.conf
sed -i 's/weight 3/weight 5/' /etc/keepalived/keepalived.conf
systemctl reload keepalived.service
sleep 2
say weight-after-bad-reload "$(ipvsadm -Sn | grep -c -- '-w 3')"
say active-after-bad-reload "$(state ActiveState)"
say refused "$(curl -s 127.0.0.1:9650/metrics | sed -n 's/^keepalived_reload_total{result="refused"} //p')"
cp test/lab/unit.conf /etc/keepalived/keepalived.conf

main=$(state MainPID)
kill -9 "$main"
another() { [ "$(state MainPID)" != "$main" ] && [ "$(state MainPID)" != 0 ] && [ "$(state ActiveState)" = active ]; }
wait_for another
say active-after-kill "$(state ActiveState)"
wait_for master
say vip-after-kill "$(vip)"

systemctl stop keepalived.service
say stop $?
say result "$(state Result)"
say vip-after-stop "$(vip)"
say services-after-stop "$(services)"
say processes-after-stop "$(pgrep -f dist/main.js | wc -l)"
journalctl -u keepalived-ts.service -o cat --no-pager | tail -n 80 >/out/journal
cat /out/observations
