# FITEXP  -- chi-square of a damped exponential plus straight line
# original in FORTRAN 77, translated
import numpy as np

def MODEL(P, T):
    A, TAU, B, C = P
    return A*np.exp(-T/TAU) + B*T + C

def CHI2(P, T, Y, SIG):
    R = (Y - MODEL(P, T))/SIG
    return np.sum(R**2)

def GRCHI2(P, T, Y, SIG):
    # analytic gradient of CHI2 with respect to P(1)..P(4)
    A, TAU, B, C = P
    R = (Y - MODEL(P, T))/SIG
    E = np.exp(-T/TAU)
    G = np.zeros(4)
    G[0] = -2.0*np.sum(R*E/SIG)
    G[1] = -2.0*np.sum(R*A*E*T/TAU**2/SIG)
    G[2] = -2.0*np.sum(R*T/SIG)
    G[3] = -2.0*np.sum(R/SIG)
    return G
