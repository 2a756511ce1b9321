; tanh(x Wᵀ + b): one product by the BLAS, and one loop over its rows.

; matmul
define internal i64 @gemm.0(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  %panel = alloca [2304 x float], align 64
  %edge = alloca [96 x float], align 64
  %j6 = alloca i64
  %t1 = sub i64 96, 0
  %t2 = call i64 @llvm.smin.i64(i64 %t1, i64 96)
  %t3 = icmp ne i64 0, 0
  %t4 = sub i64 32, 0
  %t5 = call i64 @llvm.smin.i64(i64 %t4, i64 128)
  store i64 0, ptr %j6
  br label %head7
head7:
  %t10 = load i64, ptr %j6
  %t11 = sub i64 100, %t10
  %t12 = icmp sgt i64 %t11, 0
  br i1 %t12, label %panel8, label %exit9
panel8:
  %t13 = add i64 %t11, 7
  %t14 = udiv i64 %t13, 8
  %t15 = icmp eq i64 %t14, 4
  %t16 = call i64 @llvm.smin.i64(i64 %t14, i64 3)
  %t17 = select i1 %t15, i64 2, i64 %t16
  %t18 = mul i64 %t17, 8
  %t19 = call i64 @llvm.smin.i64(i64 %t18, i64 %t11)
  %t20 = mul i64 %t17, 8
  %t21 = mul i64 %t10, 96
  %t22 = getelementptr float, ptr %a1, i64 %t21
  call void @denpa.columns.float(ptr %t22, i64 96, i64 %t19, i64 %t20, i64 %t2, ptr %panel)
  %t23 = icmp eq i64 %t17, 3
  %t24 = icmp eq i64 %t17, 2
  %t25 = select i1 %t24, ptr @denpa.tile.float.2, ptr @denpa.tile.float.1
  %t26 = select i1 %t23, ptr @denpa.tile.float.3, ptr %t25
  %t27 = add i64 %t10, %t20
  %t28 = icmp sle i64 %t27, 112
  %t29 = getelementptr float, ptr %a2, i64 %t10
  br label %head30
head30:
  %i33 = phi i64 [ 0, %panel8 ], [ %next34, %done46 ]
  %t35 = icmp slt i64 %i33, %t5
  br i1 %t35, label %body31, label %exit32
body31:
  %t36 = sub i64 %t5, %i33
  %t37 = call i64 @llvm.smin.i64(i64 %t36, i64 4)
  %t38 = mul i64 %i33, 96
  %t39 = getelementptr float, ptr %a0, i64 %t38
  %t40 = mul i64 %i33, 112
  %t41 = getelementptr float, ptr %t29, i64 %t40
  %t42 = select i1 %t28, ptr %t41, ptr %edge
  %t43 = select i1 %t28, i64 112, i64 24
  %t44 = and i1 %t28, %t3
  call void %t26(ptr %t39, i64 96, i64 1, ptr %panel, ptr %t42, i64 %t43, i64 %t2, i64 %t37, i1 %t44)
  br i1 %t28, label %done46, label %then45
then45:
  call void @denpa.edge.float(ptr %edge, i64 24, ptr %t41, i64 112, i64 %t37, i64 %t19, i1 %t3)
  br label %done46
done46:
  %next34 = add i64 %i33, 4
  br label %head30
exit32:
  %t47 = add i64 %t10, %t19
  store i64 %t47, ptr %j6
  br label %head7
exit9:
  ret i64 0
}

; tanh
define internal i64 @loop.1(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {
entry:
  %slot0 = getelementptr i8, ptr %args, i64 0
  %a0 = load ptr, ptr %slot0
  %slot1 = getelementptr i8, ptr %args, i64 8
  %a1 = load ptr, ptr %slot1
  %slot2 = getelementptr i8, ptr %args, i64 16
  %a2 = load ptr, ptr %slot2
  br label %head1
head1:
  %i4 = phi i64 [ 0, %entry ], [ %next5, %exit9 ]
  %t6 = icmp slt i64 %i4, 32
  br i1 %t6, label %body2, label %exit3
body2:
  br label %head7
head7:
  %i10 = phi i64 [ 0, %body2 ], [ %next11, %body8 ]
  %t12 = icmp slt i64 %i10, 96
  br i1 %t12, label %body8, label %exit9
body8:
  %t13 = mul i64 %i4, 112
  %t14 = getelementptr float, ptr %a1, i64 %t13
  %t15 = getelementptr float, ptr %t14, i64 %i10
  %t16 = load <8 x float>, ptr %t15, align 4
  %t17 = getelementptr float, ptr %a2, i64 %i10
  %t18 = load <8 x float>, ptr %t17, align 4
  %t19 = fadd <8 x float> %t16, %t18
  %t20 = call <8 x float> @denpa.tanh.v8f32(<8 x float> %t19)
  %t21 = mul i64 %i4, 100
  %t22 = getelementptr float, ptr %a0, i64 %t21
  %t23 = getelementptr float, ptr %t22, i64 %i10
  store <8 x float> %t20, ptr %t23, align 4
  %next11 = add i64 %i10, 8
  br label %head7
exit9:
  %t24 = mul i64 %i4, 112
  %t25 = getelementptr float, ptr %a1, i64 %t24
  %t26 = getelementptr float, ptr %t25, i64 96
  %t27 = load <4 x float>, ptr %t26, align 4
  %t28 = getelementptr float, ptr %a2, i64 96
  %t29 = load <4 x float>, ptr %t28, align 4
  %t30 = fadd <4 x float> %t27, %t29
  %t31 = call <4 x float> @denpa.tanh.v4f32(<4 x float> %t30)
  %t32 = mul i64 %i4, 100
  %t33 = getelementptr float, ptr %a0, i64 %t32
  %t34 = getelementptr float, ptr %t33, i64 96
  store <4 x float> %t31, ptr %t34, align 4
  %next5 = add i64 %i4, 1
  br label %head1
exit3:
  ret i64 0
}
