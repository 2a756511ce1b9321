import numpy as np

# Robust line fitting for the pendulum data, lab report 3.
# Model: theta(t) = A exp(-t/tau) cos(omega t + phi)
# Cost : Huber, because the camera sometimes loses the bob.

DELTA = 0.7


def model(p, t):
    A, tau, omega, phi = p
    return A * np.exp(-t / tau) * np.cos(omega * t + phi)


def huber_cost(p, t, theta):
    r = model(p, t) - theta
    a = np.abs(r)
    small = a <= DELTA
    return np.sum(np.where(small, 0.5 * r * r, DELTA * (a - 0.5 * DELTA)))


def huber_cost_gradient(p, t, theta):
    """Analytic gradient of huber_cost with respect to p = (A, tau, omega, phi)."""
    A, tau, omega, phi = p
    env = np.exp(-t / tau)
    c = np.cos(omega * t + phi)
    s = np.sin(omega * t + phi)

    r = A * env * c - theta
    psi = np.clip(r, -DELTA, DELTA)

    J = np.stack([env * c,
                  A * env * c * t / tau,
                  -A * env * s * t,
                  -A * env * s], axis=1)
    return J.T @ psi


if __name__ == "__main__":
    rng = np.random.default_rng(3)
    t = np.linspace(0, 10, 200)
    truth = np.array([1.0, 6.0, 2.1, 0.3])
    theta = model(truth, t) + 0.05 * rng.normal(size=t.size)
    theta[::17] += 3
    p = np.array([0.8, 5.0, 2.05, 0.2])
    for k in range(3000):
        p = p - 1e-3 * huber_cost_gradient(p, t, theta)
    print(p, truth)
