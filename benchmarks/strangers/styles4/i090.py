# Modelo XY em rede quadrada com contorno periódico
# H = -J sum_<ij> cos(theta_i - theta_j) - h sum_i cos(theta_i)
import numpy as np

J = 1.0
h = 0.15


def energia(theta):
    viz_dir = np.roll(theta, -1, axis=1)
    viz_baixo = np.roll(theta, -1, axis=0)
    H = -J * np.sum(np.cos(theta - viz_dir) + np.cos(theta - viz_baixo))
    return H - h * np.sum(np.cos(theta))


def gradiente(theta):
    g = h * np.sin(theta)
    for eixo in (0, 1):
        for s in (1, -1):
            g = g + J * np.sin(theta - np.roll(theta, s, axis=eixo))
    return g


def energia_xy(theta):
    """theta: matriz L x L de ângulos. Devolve energia e gradiente."""
    return energia(theta), gradiente(theta)


def relaxar(theta, passos=500, dt=0.05):
    for _ in range(passos):
        _, g = energia_xy(theta)
        theta = theta - dt * g
    return theta


if __name__ == "__main__":
    np.random.seed(5)
    L = 16
    t = 2 * np.pi * np.random.rand(L, L)
    print("antes:", energia(t) / L**2)
    print("depois:", energia(relaxar(t)) / L**2)
