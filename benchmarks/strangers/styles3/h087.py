import numpy as np


def softmax(z, T=1.0):
    z = z / T
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def distillation_loss(student_logits, teacher_logits, labels, T=3.0, alpha=0.7):
    """
    Knowledge distillation:
        alpha * CE(teacher_T, student_T) + (1 - alpha) * CE(labels, student)
    averaged over the batch.

    Returns: loss, d loss / d student_logits
    """
    n = student_logits.shape[0]
    rows = np.arange(n)

    soft_teacher = softmax(teacher_logits, T)
    soft_student = softmax(student_logits, T)
    hard_student = softmax(student_logits)

    soft = -np.sum(soft_teacher * np.log(soft_student + 1e-12)) / n
    hard = -np.mean(np.log(hard_student[rows, labels] + 1e-12))
    loss = alpha * soft + (1.0 - alpha) * hard

    d_soft = (soft_student - soft_teacher) / n
    d_hard = hard_student.copy()
    d_hard[rows, labels] -= 1.0
    d_hard /= n
    return loss, alpha * d_soft + (1.0 - alpha) * d_hard
