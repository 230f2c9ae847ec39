#!/bin/busybox sh
# First process of the guest: loads the target's modules, brings up the network, then takes commands
# from the second serial line. What it and the kernel complain of goes to the first.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
exec </dev/console >/dev/console 2>&1
mount -t proc none /proc
mount -t sysfs none /sys
while read -r module; do
    insmod "/modules/$module.ko" || echo "insmod $module failed"
done </modules/order
mount -t configfs none /sys/kernel/config
mkdir -p /etc/target /var/target /sys/kernel/config/target/iscsi
ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
echo ready >&3
# A line is a script in base64; its answer is what that prints, and a line with its exit code. When
# this ends the kernel panics, and the emulator ends with it.
while read -r line <&3; do
    echo "$line" | base64 -d >/script
    sh /script </dev/null >&3 2>&1 3>&-
    echo "--end $?" >&3
done
