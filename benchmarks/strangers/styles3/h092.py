"""Inverse kinematics of a planar N-link arm by gradient descent - hobby robot arm, no numpy on the Pi."""
from math import sin, cos, pi, hypot

LINKS = [1.0, 0.8, 0.5]
REST = [0.3, 0.3, 0.3]
STIFF = 0.05


def tip(angles, links=LINKS):
    x = y = a = 0.0
    for q, l in zip(angles, links):
        a += q
        x += l * cos(a)
        y += l * sin(a)
    return x, y


def ik_cost(angles, target):
    """half squared distance of the tip plus a weak spring towards the rest pose;
    returns cost, [dcost/dangle_k]"""
    x, y = tip(angles)
    ex, ey = x - target[0], y - target[1]
    cost = 0.5 * (ex * ex + ey * ey)

    # positions of all joints, the derivative wrt joint k is the lever arm turned by 90 deg
    joints = [(0.0, 0.0)]
    a = 0.0
    for q, l in zip(angles, LINKS):
        a += q
        px, py = joints[-1]
        joints.append((px + l * cos(a), py + l * sin(a)))
    grad = []
    for k, q in enumerate(angles):
        jx, jy = joints[k]
        grad.append(-ex * (y - jy) + ey * (x - jx))
        cost += 0.5 * STIFF * (q - REST[k]) ** 2
        grad[k] += STIFF * (q - REST[k])
    return cost, grad


def reach(target, q=(0.1, 0.1, 0.1), steps=300, gain=0.1):
    q = list(q)
    for _ in range(steps):
        c, g = ik_cost(q, target)
        q = [((a - gain * d + pi) % (2 * pi)) - pi for a, d in zip(q, g)]
    x, y = tip(q)
    return q, hypot(x - target[0], y - target[1])


if __name__ == "__main__":
    print(reach((1.2, 0.9)))
